using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>Every connection uses TLS 1.2 or newer.</summary>
internal static class Transport
{
    public static IEnumerable<string> Faults(Deployment deployment) =>
    [
        .. deployment.Of("Microsoft.Storage/storageAccounts").SelectMany(account => account.MustBe(
            ("properties.supportsHttpsTrafficOnly", "true"), ("properties.minimumTlsVersion", "TLS1_2"))),
        .. deployment.Of("Microsoft.Web/sites").SelectMany(site => site.MustBe(
            ("properties.httpsOnly", "true"), ("properties.siteConfig.minTlsVersion", "1.2"),
            ("properties.siteConfig.scmMinTlsVersion", "1.2"), ("properties.siteConfig.ftpsState", "Disabled"))),
        .. deployment.Of("Microsoft.App/containerApps")
            .Where(app => app.At("properties.configuration.ingress") is not null)
            .SelectMany(app => app.MustBe(("properties.configuration.ingress.allowInsecure", "false"))),
        .. deployment.Of("Microsoft.ApiManagement/service/apis").SelectMany(api => api.MustBe(
            ("properties.protocols.0", "https"), ("properties.protocols.1", ""))),
        .. Configuration(deployment, "require_secure_transport", "ON"),
        .. Configuration(deployment, "ssl_min_protocol_version", "TLSv1.2"),
        .. from process in Process.Of(deployment)
           from setting in process.Settings
           where setting.Value.StartsWith("http://", StringComparison.Ordinal)
           select $"{process.Name}: {setting.Key} is an address without TLS",
    ];

    private static IEnumerable<string> Configuration(Deployment deployment, string name, string expected)
    {
        var found = deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers/configurations")
            .SingleOrDefault(value => value.Text("name").EndsWith($"/{name}", StringComparison.Ordinal));
        return found?.MustBe(("properties.value", expected)) ?? [$"PostgreSQL: {name} is not set"];
    }
}
