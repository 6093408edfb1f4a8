using System.Security.Cryptography;
using ControlPlane.Settings;

namespace Worker.Invitations;

/// <summary>
/// The worker's own key (<c>INVITATION_PRIVATE_KEY</c>: PKCS#8 of an RSA key, as PEM or as the base64 inside of it).
/// Passwords are sealed to its public half, which <c>setup</c> stores for the functions.
/// </summary>
public sealed class InvitationKey : IDisposable
{
    internal const string Name = "INVITATION_PRIVATE_KEY";
    internal const string Expected = "an RSA key of 2048 bits or more in PKCS#8, as PEM or base64";
    private const int MinBits = 2048;

    private InvitationKey(RSA privateKey)
    {
        PrivateKey = privateKey;
        PublicKey = privateKey.ExportSubjectPublicKeyInfo();
        Id = Convert.ToHexStringLower(SHA256.HashData(PublicKey).AsSpan(0, 8));
    }

    /// <summary>Derived from the public half: the same key always has the same id.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    public RSA PrivateKey { get; }

    /// <summary>Null where there is none: then no invitation can be accepted.</summary>
    public static InvitationKey? From(SettingsReader settings)
    {
        if (settings.Find(Name) is not { } text)
        {
            return null;
        }

        var rsa = RSA.Create();
        try
        {
            if (text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                rsa.ImportFromPem(text);
            }
            else
            {
                rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
            }

            return rsa.KeySize >= MinBits
                ? new InvitationKey(rsa)
                : throw new SettingException(Name, $"a key of {rsa.KeySize} bits", Expected);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new SettingException(Name, $"{text.Length} characters that are no such key", Expected);
        }
    }

    public void Dispose() => PrivateKey.Dispose();
}

/// <summary>The worker's key, where it has one.</summary>
public sealed record InvitationKeys(InvitationKey? Current)
{
    /// <exception cref="ControlPlane.ControlPlaneException">
    /// There is no key, or a password was sealed to another.
    /// </exception>
    public InvitationKey Require(string id) => Current is { } key && key.Id == id
        ? key
        : throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.NotConfigured,
            $"The password was sealed to the key {id}; INVITATION_PRIVATE_KEY is another one. Run `setup`.");
}
