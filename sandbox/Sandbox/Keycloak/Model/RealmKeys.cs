using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sandbox.Keycloak.Model;

/// <summary>
/// The keys of a realm: RSA for public signing and encryption, HMAC for tokens that only the server reads.
/// </summary>
/// <param name="Signing">Base64 of PKCS#8.</param>
/// <param name="Encryption">Base64 of PKCS#8.</param>
/// <param name="SigningCertificate">Base64 of DER, self-signed.</param>
/// <param name="EncryptionCertificate">Base64 of DER, self-signed.</param>
/// <param name="Secret">Base64; signs refresh tokens (HS512).</param>
public sealed record RealmKeys(
    string Signing, string SigningCertificate, string Encryption, string EncryptionCertificate, string Secret)
{
    private const int KeyBits = 2048;

    public static RealmKeys Create(string realm, DateTimeOffset now)
    {
        using var signing = RSA.Create(KeyBits);
        using var encryption = RSA.Create(KeyBits);
        return new RealmKeys(
            Convert.ToBase64String(signing.ExportPkcs8PrivateKey()), CreateCertificate(signing, realm, now),
            Convert.ToBase64String(encryption.ExportPkcs8PrivateKey()), CreateCertificate(encryption, realm, now),
            Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)));
    }

    public RSA ImportSigningKey() => ImportKey(Signing);

    public RSA ImportEncryptionKey() => ImportKey(Encryption);

    public byte[] DecodeSecret() => Convert.FromBase64String(Secret);

    /// <summary>The key id in token headers and in the key set: the hash of the public key.</summary>
    public static string GetKeyId(RSA key) =>
        Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    private static RSA ImportKey(string key)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(key), out _);
        return rsa;
    }

    private static string CreateCertificate(RSA key, string realm, DateTimeOffset now)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(realm);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddSeconds(-100), now.AddYears(10));
        return Convert.ToBase64String(certificate.Export(X509ContentType.Cert));
    }
}
