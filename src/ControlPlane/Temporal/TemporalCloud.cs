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
    private static readonly Names ClientCertificateNames =
        new("TEMPORAL_TLS_CLIENT_CERT_PATH", "TEMPORAL_TLS_CLIENT_CERT_DATA");

    private static readonly Names ClientKeyNames =
        new("TEMPORAL_TLS_CLIENT_KEY_PATH", "TEMPORAL_TLS_CLIENT_KEY_DATA");

    private static readonly Names ServerRootsNames =
        new("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "TEMPORAL_TLS_SERVER_CA_CERT_DATA");

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
        byte[]? certificate = FindPem(settings, ClientCertificateNames, "CERTIFICATE");
        byte[]? key = FindPem(settings, ClientKeyNames, "PRIVATE KEY");
        if (apiKey is null && certificate is null && key is null)
        {
            throw new MissingSettingException("TEMPORAL_API_KEY",
                $"an API key, or {ClientCertificateNames.Path} and {ClientKeyNames.Path}, for Temporal Cloud");
        }

        if (certificate is null != key is null)
        {
            throw new MissingSettingException(
                (key is null ? ClientKeyNames : ClientCertificateNames).Data,
                "the other half of the client certificate and its key, here or as _PATH");
        }

        return new TemporalCloud(
            apiKey, certificate, key, FindPem(settings, ServerRootsNames, "CERTIFICATE"),
            settings.Find("TEMPORAL_TLS_SERVER_NAME"));
    }

    /// <summary>Nothing of it is ever printed.</summary>
    public override string ToString() => nameof(TemporalCloud);

    private static byte[]? FindPem(SettingsReader settings, Names names, string label)
    {
        string? path = settings.Find(names.Path);
        string? data = settings.Find(names.Data);
        if (path is not null && data is not null)
        {
            throw new SettingException(names.Data, $"a value beside that of {names.Path}", "one of the two");
        }

        return (path, data) switch
        {
            ({ } file, _) => Pem(names.Path, Read(names.Path, file), label),
            (_, { } text) => Pem(names.Data, text, label),
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

    private sealed record Names(string Path, string Data);
}
