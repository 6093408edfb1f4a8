using System.Security;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Settings;

namespace ControlPlane.Temporal;

/// <summary>
/// How to prove who we are to Temporal Cloud, by an API key or a client certificate, and by what to know the server.
/// Each certificate and the key come as PEM, from a file (<c>…_PATH</c>) or as the value itself (<c>…_DATA</c>).
/// </summary>
/// <param name="ApiKey"><c>TEMPORAL_API_KEY</c>.</param>
/// <param name="ClientCertificate"><c>TEMPORAL_TLS_CLIENT_CERT_PATH</c> or <c>…_DATA</c>.</param>
/// <param name="ClientKey"><c>TEMPORAL_TLS_CLIENT_KEY_PATH</c> or <c>…_DATA</c>, where there is a certificate.</param>
/// <param name="ServerRoots">
/// <c>TEMPORAL_TLS_SERVER_CA_CERT_PATH</c> or <c>…_DATA</c>; null: the roots that this machine trusts.
/// </param>
/// <param name="ServerName"><c>TEMPORAL_TLS_SERVER_NAME</c>; null: the host of the address.</param>
public sealed record TemporalCloud(
    string? ApiKey, byte[]? ClientCertificate, byte[]? ClientKey, byte[]? ServerRoots, string? ServerName)
{
    private const string ClientCertificateName = "TEMPORAL_TLS_CLIENT_CERT";
    private const string ClientKeyName = "TEMPORAL_TLS_CLIENT_KEY";
    private const string ServerRootsName = "TEMPORAL_TLS_SERVER_CA_CERT";

    /// <returns>Null unless <c>TEMPORAL_CLOUD_ENABLED</c>.</returns>
    /// <exception cref="SettingException">
    /// Neither key nor certificate, half a pair, a file that cannot be read, or text that is no PEM.
    /// </exception>
    public static TemporalCloud? Find(SettingsReader settings)
    {
        if (!settings.Flag("TEMPORAL_CLOUD_ENABLED", false))
        {
            return null;
        }

        string? apiKey = settings.Find("TEMPORAL_API_KEY");
        byte[]? certificate = FindPem(settings, ClientCertificateName, "CERTIFICATE");
        byte[]? key = FindPem(settings, ClientKeyName, "PRIVATE KEY");
        if (apiKey is null && certificate is null && key is null)
        {
            throw new MissingSettingException("TEMPORAL_API_KEY",
                $"an API key, or {ClientCertificateName}_PATH and {ClientKeyName}_PATH, for Temporal Cloud");
        }

        if (certificate is null != key is null)
        {
            throw new MissingSettingException(
                $"{(key is null ? ClientKeyName : ClientCertificateName)}_DATA",
                "the other half of the client certificate and its key, here or as _PATH");
        }

        return new TemporalCloud(
            apiKey, certificate, key, FindPem(settings, ServerRootsName, "CERTIFICATE"),
            settings.Find("TEMPORAL_TLS_SERVER_NAME"));
    }

    /// <summary>Nothing of it is ever printed.</summary>
    public override string ToString() => nameof(TemporalCloud);

    private static byte[]? FindPem(SettingsReader settings, string name, string label)
    {
        string? path = settings.Find($"{name}_PATH");
        string? data = settings.Find($"{name}_DATA");
        if (path is not null && data is not null)
        {
            throw new SettingException($"{name}_DATA", $"a value beside that of {name}_PATH", "one of the two");
        }

        return (path, data) switch
        {
            ({ } file, _) => Pem($"{name}_PATH", Read($"{name}_PATH", file), label),
            (_, { } text) => Pem($"{name}_DATA", text, label),
            _ => null,
        };
    }

    // The path is not told: by mistake it may be the key itself.
    private static string Read(string name, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or SecurityException)
        {
            throw new SettingException(
                name, $"a file that cannot be read ({e.GetType().Name})", "the path of a PEM file");
        }
    }

    private static byte[] Pem(string name, string text, string label) =>
        PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].EndsWith(label)
            ? Encoding.UTF8.GetBytes(text)
            : throw new SettingException(name, $"{text.Length} characters without such a part", $"PEM of a {label}");
}
