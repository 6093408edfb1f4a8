using System.Security;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Settings;

namespace ControlPlane.Temporal;

/// <summary>
/// The credentials for Temporal Cloud (an API key or a client certificate) and the TLS settings that verify its server.
/// Certificates and the key are PEM, from a file (<c>…_PATH</c>) or as the value itself (<c>…_DATA</c>).
/// </summary>
/// <param name="ApiKey"><c>TEMPORAL_API_KEY</c>.</param>
/// <param name="ClientCertificate"><c>TEMPORAL_TLS_CLIENT_CERT_PATH</c> or <c>…_DATA</c>.</param>
/// <param name="ClientKey"><c>TEMPORAL_TLS_CLIENT_KEY_PATH</c> or <c>…_DATA</c>; required with a certificate.</param>
/// <param name="ServerRoots">
/// <c>TEMPORAL_TLS_SERVER_CA_CERT_PATH</c> or <c>…_DATA</c>; null: the trusted roots of this machine.
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

    /// <returns>The credentials, or null if <c>TEMPORAL_CLOUD_ENABLED</c> is not true.</returns>
    /// <exception cref="SettingException">
    /// There is neither an API key nor a certificate, a certificate without its key or vice versa, an unreadable file,
    /// or text that is not PEM.
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

    /// <summary>Returns only the type name: credentials must not reach a log.</summary>
    public override string ToString() => nameof(TemporalCloud);

    private static byte[]? FindPem(SettingsReader settings, Names names, string label)
    {
        string? path = settings.Find(names.Path);
        string? data = settings.Find(names.Data);
        if (path is not null && data is not null)
        {
            throw new SettingException(names.Data, $"a value in addition to {names.Path}", "only one of the two");
        }

        return (path, data) switch
        {
            ({ } file, _) => ParsePem(names.Path, ReadFile(names.Path, file), label),
            (_, { } text) => ParsePem(names.Data, text, label),
            _ => null,
        };
    }

    // The error does not contain the path, which may by mistake be the key itself.
    private static string ReadFile(string name, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or SecurityException)
        {
            throw new SettingException(
                name, $"an unreadable file ({e.GetType().Name})", "the path of a PEM file");
        }
    }

    private static byte[] ParsePem(string name, string text, string label) =>
        PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label].EndsWith(label)
            ? Encoding.UTF8.GetBytes(text)
            : throw new SettingException(name, $"{text.Length} characters that are not one", $"a PEM {label}");

    private sealed record Names(string Path, string Data);
}
