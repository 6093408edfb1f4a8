using System.Globalization;
using ControlPlane.Security;
using ControlPlane.Settings;

namespace ControlPlane.Temporal;

/// <summary>
/// The connection to Temporal (<c>TEMPORAL_ADDRESS</c>, <c>TEMPORAL_NAMESPACE</c>, <c>TEMPORAL_TASK_QUEUE</c>) and the
/// credentials for Temporal Cloud (<c>TEMPORAL_CLOUD_ENABLED</c>). Setting names follow Temporal's environment
/// configuration (https://docs.temporal.io/references/client-environment-configuration).
/// </summary>
/// <param name="Address"><c>host:port</c>, without a scheme; an IPv6 address in brackets.</param>
/// <param name="Namespace"><c>arc-saas</c> by default.</param>
/// <param name="TaskQueue">
/// <c>tenant-provisioning</c> by default; the queues of the outside systems begin with this name.
/// </param>
/// <param name="Cloud">The credentials for Temporal Cloud; null: no TLS and no authentication.</param>
/// <param name="PayloadKeys"><c>PAYLOAD_KEYS</c>; null: payloads are in plain text. Required in Production.</param>
public sealed record TemporalOptions(
    string Address, string Namespace, string TaskQueue, TemporalCloud? Cloud, KeyRing? PayloadKeys)
{
    private const string AddressName = "TEMPORAL_ADDRESS";
    private const string AddressExpected = "host:port, such as localhost:7233";

    /// <exception cref="SettingException">
    /// A value is invalid, or the payload keys are missing or weak in Production.
    /// </exception>
    public static TemporalOptions From(SettingsReader settings)
    {
        string address = settings.Require(AddressName, AddressExpected);
        if (!IsHostAndPort(address))
        {
            throw new SettingException(AddressName, $"'{address}'", AddressExpected);
        }

        var cloud = TemporalCloud.Find(settings);
        var payloadKeys = KeyRing.Find(settings, "PAYLOAD_KEYS");
        if (payloadKeys is null && settings.IsProduction)
        {
            throw new MissingSettingException("PAYLOAD_KEYS", "a list of id:base64; Production encrypts its histories");
        }

        return new TemporalOptions(
            address,
            settings.Text("TEMPORAL_NAMESPACE", "arc-saas"),
            settings.Text("TEMPORAL_TASK_QUEUE", "tenant-provisioning"),
            cloud,
            payloadKeys);
    }

    // The SDK prepends a scheme, so a scheme in the address would become part of the host.
    private static bool IsHostAndPort(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(
                address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || port == 0)
        {
            return false;
        }

        string host = address[..colon];
        return host.Contains(':', StringComparison.Ordinal)
            ? host is ['[', .., ']'] && Uri.CheckHostName(host) == UriHostNameType.IPv6
            : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;
    }
}
