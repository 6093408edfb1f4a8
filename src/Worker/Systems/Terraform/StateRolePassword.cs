using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;
using Worker.Systems.Postgres;

namespace Worker.Systems.Terraform;

/// <summary>
/// The password of a tenant's role in the state database. It is derived and not stored: a later run gets the same one,
/// so that a run whose worker was killed can still save its state.
/// </summary>
public static class StateRolePassword
{
    /// <summary>Derives the password of a role with the current key.</summary>
    public static string Derive(KeyRing keys, Guid installation, string role) =>
        Convert.ToHexStringLower(Hmac(keys.Current, $"terraform-state:{installation:D}:{role}"));

    /// <summary>
    /// Gives the stored form of a password (SCRAM-SHA-256, RFC 5803), so that no statement contains the password. The
    /// salt is derived too: the same password has the same form.
    /// </summary>
    public static string ToVerifier(string password, string role)
    {
        byte[] salt = Hmac(Encoding.UTF8.GetBytes(password), $"salt:{role}")[..16];
        return ScramVerifier.Of(password, salt);
    }

    private static byte[] Hmac(ReadOnlySpan<byte> key, string text) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
