using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>
/// Only the gateway has a public address. Log Analytics and Application Insights accept telemetry from everywhere, with
/// a token of an identity.
/// </summary>
internal static class PublicAccess
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["Microsoft.App/managedEnvironments"] = "properties.publicNetworkAccess",
        ["Microsoft.DBforPostgreSQL/flexibleServers"] = "properties.network.publicNetworkAccess",
        ["Microsoft.KeyVault/vaults"] = "properties.publicNetworkAccess",
        ["Microsoft.Storage/storageAccounts"] = "properties.publicNetworkAccess",
        ["Microsoft.Web/sites"] = "properties.publicNetworkAccess",
    };

    /// <summary>Types that open a way from outside.</summary>
    private static readonly string[] Openings =
    [
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules", "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/loadBalancers", "Microsoft.Network/applicationGateways", "Microsoft.Cdn/profiles",
    ];

    private static readonly Dictionary<string, string> Endpoints = new()
    {
        ["Microsoft.DBforPostgreSQL/flexibleServers"] = "postgresqlServer",
        ["Microsoft.KeyVault/vaults"] = "vault",
        ["Microsoft.Storage/storageAccounts"] = "blob",
        ["Microsoft.Web/sites"] = "sites",
    };

    public static IEnumerable<string> Faults(Deployment deployment) =>
    [
        .. Switches.SelectMany(type => deployment.Of(type.Key))
            .SelectMany(resource => resource.MustBe((Switches[resource.Text("type")], "Disabled"))),
        .. Openings.SelectMany(deployment.Of).Select(resource => $"{resource.Label()} opens the network"),
        .. deployment.Of("Microsoft.App/managedEnvironments").SelectMany(environment => environment.MustBe(
            ("properties.vnetConfiguration.internal", "true"))),
        .. deployment.Of("Microsoft.Storage/storageAccounts").SelectMany(account => account.MustBe(
            ("properties.allowBlobPublicAccess", "false"), ("properties.networkAcls.defaultAction", "Deny"))),
        .. deployment.Of("Microsoft.Storage/storageAccounts/blobServices/containers").SelectMany(container =>
            container.MustBe(("properties.publicAccess", "None"))),
        .. deployment.Of("Microsoft.KeyVault/vaults").SelectMany(vault => vault.MustBe(
            ("properties.networkAcls.defaultAction", "Deny"))),
        .. deployment.Of("Microsoft.App/containerApps")
            .Where(app => app.At("properties.configuration.ingress") is not null)
            .SelectMany(app => app.MustBe(
                ("properties.configuration.ingress.ipSecurityRestrictions.0.action", "Allow"),
                ("properties.configuration.ingress.ipSecurityRestrictions.1", ""))),
        .. MissingEndpoints(deployment),
    ];

    private static IEnumerable<string> MissingEndpoints(Deployment deployment)
    {
        var groups = deployment.Of("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint.Text("properties.privateLinkServiceConnections.0.properties.groupIds.0"))
            .ToHashSet();
        return from type in Endpoints
               where deployment.Of(type.Key).Any() && !groups.Contains(type.Value)
               select $"{type.Key} has no private endpoint '{type.Value}'";
    }
}
