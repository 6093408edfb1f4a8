using System.Security.Cryptography;
using ControlPlane.Settings;
using Npgsql;

namespace Worker.Commands.Setup;

/// <summary>
/// Stores the public half of the worker's <c>INVITATION_PRIVATE_KEY</c>, to which the functions seal passwords.
/// </summary>
internal sealed class SealingKey(NpgsqlDataSource database, SettingsReader settings, TimeProvider time)
{
    /// <returns>Whether it was stored now.</returns>
    public async Task<bool> EnsureAsync(CancellationToken cancellation)
    {
        byte[] publicKey = PublicHalf(settings.Require("INVITATION_PRIVATE_KEY", Expected));
        await using var command = database.CreateCommand(
            """
            INSERT INTO sealing_keys (id, public_key, created_at) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO NOTHING
            """);
        command.Parameters.Add(new() { Value = Id(publicKey) });
        command.Parameters.Add(new() { Value = publicKey });
        command.Parameters.Add(new() { Value = time.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    private const string Expected = "an RSA private key (PKCS #8) in base64, as `keys` prints one";

    private static string Id(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey))[..16];

    private static byte[] PublicHalf(string text)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(text), out _);
            return rsa.ExportSubjectPublicKeyInfo();
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new SettingException("INVITATION_PRIVATE_KEY", "something that is no such key", Expected);
        }
    }
}
