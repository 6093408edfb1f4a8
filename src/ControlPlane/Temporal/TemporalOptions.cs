using ControlPlane.Security;
using ControlPlane.Settings;

namespace ControlPlane.Temporal;

/// <summary>
/// Where Temporal is (<c>TEMPORAL_ADDRESS</c>, <c>TEMPORAL_NAMESPACE</c>, <c>TEMPORAL_TASK_QUEUE</c>), and for Temporal
/// Cloud (<c>TEMPORAL_CLOUD_ENABLED</c>) how to prove who we are: an API key or a client certificate, under the names
/// of Temporal's own environment configuration (https://docs.temporal.io/references/client-environment-configuration).
/// </summary>
public sealed record TemporalOptions(
    string Address,
    string Namespace,
    string TaskQueue,
    bool Cloud,
    string? ApiKey,
    string? TlsClientCertificatePath,
    string? TlsClientKeyPath,
    string? TlsServerName,
    KeyRing? PayloadKeys)
{
    /// <exception cref="SettingException">
    /// A value cannot be used, or in Production the payload keys are absent.
    /// </exception>
    public static TemporalOptions From(SettingsReader settings)
    {
        string address = settings.Require("TEMPORAL_ADDRESS", "host:port, such as localhost:7233");
        int colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port) || port == 0)
        {
            throw new SettingException("TEMPORAL_ADDRESS", $"'{address}'", "host:port, such as localhost:7233");
        }

        bool cloud = settings.Flag("TEMPORAL_CLOUD_ENABLED", false);
        string? apiKey = settings.Find("TEMPORAL_API_KEY");
        string? certificate = settings.Find("TEMPORAL_TLS_CLIENT_CERT_PATH");
        string? key = settings.Find("TEMPORAL_TLS_CLIENT_KEY_PATH");
        if (cloud && apiKey is null && (certificate is null || key is null))
        {
            throw new MissingSettingException("TEMPORAL_API_KEY",
                "an API key, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, for Temporal Cloud");
        }

        string? payloadKeys = settings.Find("PAYLOAD_KEYS");
        if (payloadKeys is null && settings.IsProduction)
        {
            throw new MissingSettingException("PAYLOAD_KEYS", "a list of id:base64; Production encrypts its histories");
        }

        return new TemporalOptions(
            address,
            settings.Text("TEMPORAL_NAMESPACE", "arc-saas"),
            settings.Text("TEMPORAL_TASK_QUEUE", "tenant-provisioning"),
            cloud,
            apiKey,
            certificate,
            key,
            settings.Find("TEMPORAL_TLS_SERVER_NAME"),
            payloadKeys is null ? null : KeyRing.Parse("PAYLOAD_KEYS", payloadKeys));
    }
}
