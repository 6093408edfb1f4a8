using System.Security.Cryptography;
using ControlPlane.Settings;

namespace Worker.Invitations;

/// <summary>
/// The worker's RSA key from <c>INVITATION_PRIVATE_KEY</c>, in PKCS#8 as PEM or as base64 without the PEM lines.
/// Passwords are sealed to its public key, which <c>setup</c> stores for the functions.
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

    /// <summary>The id, a hash of the public key.</summary>
    public string Id { get; }

    /// <summary>The public key as SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    public RSA PrivateKey { get; }

    /// <summary>Reads the key. Null when it is not set: then no invitation can be accepted.</summary>
    /// <exception cref="SettingException">The setting is not a usable key.</exception>
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

/// <summary>The worker's key, if it has one.</summary>
public sealed record InvitationKeys(InvitationKey? Current)
{
    /// <summary>Gets the key with this id.</summary>
    /// <exception cref="ControlPlane.ControlPlaneException">
    /// <c>not_configured</c>: there is no key, or the password was sealed to another key.
    /// </exception>
    public InvitationKey Require(string id) => Current is { } key && key.Id == id
        ? key
        : throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.NotConfigured,
            $"The password was sealed to the key {id}; INVITATION_PRIVATE_KEY is another key. Run `setup`.");
}
