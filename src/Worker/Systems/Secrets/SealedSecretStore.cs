using System.Security.Cryptography;
using ControlPlane.Connections;
using ControlPlane.Security;

namespace Worker.Systems.Secrets;

/// <summary>
/// Secrets that only the application can open: sealed to its public key, and handed over within the connection. The
/// name is authenticated with the secret, so that a sealed secret cannot be passed off as another one.
/// </summary>
/// <param name="publicKey">The application's RSA key, as SubjectPublicKeyInfo.</param>
public sealed class SealedSecretStore(byte[] publicKey) : ITenantSecretStore
{
    public bool HasObjects => false;

    public Task<SecretReference> PutAsync(SecretName name, string value, CancellationToken cancellationToken) =>
        Task.FromResult(new SecretReference(TenantSecretSettings.Sealed, name.ToString(),
            Convert.ToBase64String(SecretSeal.Seal(value, name.ToString(), publicKey))));

    public Task<IReadOnlyList<SecretName>> ListAsync(
        Guid installation, Guid? tenant, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SecretName>>([]);

    public Task<bool> DeleteAsync(SecretName name, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Reads the public key of a setting; null where it is none of at least 2048 bits.</summary>
    public static byte[]? ParseKey(string text)
    {
        try
        {
            byte[] bytes = Convert.FromBase64String(text);
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(bytes, out int read);
            return rsa.KeySize >= 2048 && read == bytes.Length ? bytes : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
