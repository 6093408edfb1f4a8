using System.Text.Json.Nodes;
using static Infra.Tests.Planted;

namespace Infra.Tests;

/// <summary>Faults of transport, public access and identities.</summary>
internal static class PlantedAccess
{
    private const string Database = "Microsoft.DBforPostgreSQL/flexibleServers";
    private const string Containers = "Microsoft.App/managedEnvironments";
    private const string Insights = "Microsoft.Insights/components";
    private const string Site = "Microsoft.Web/sites";
    private const string Storage = "Microsoft.Storage/storageAccounts";
    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string App = "Microsoft.App/containerApps";
    private const string Public = "publicNetworkAccess is 'Enabled'";

    public static IReadOnlyList<Planted> All { get; } =
    [
        new("transport", "http to storage", "supportsHttpsTrafficOnly",
            Value(Storage, "properties.supportsHttpsTrafficOnly", false)),
        new("transport", "old TLS of storage", "minimumTlsVersion",
            Value(Storage, "properties.minimumTlsVersion", "TLS1_0")),
        new("transport", "http to the functions", "httpsOnly", Value(Site, "properties.httpsOnly", false)),
        new("transport", "old TLS of the functions", "minTlsVersion",
            Value(Site, "properties.siteConfig.minTlsVersion", "1.0")),
        new("transport", "FTP", "ftpsState", Value(Site, "properties.siteConfig.ftpsState", "AllAllowed")),
        new("transport", "http to the server", "allowInsecure",
            Value(App, "properties.configuration.ingress.allowInsecure", true, "-server"), "server"),
        new("transport", "http to the gateway", "properties.protocols.0",
            Value("Microsoft.ApiManagement/service/apis", "properties.protocols", new JsonArray("http"))),
        new("transport", "database without TLS", "require_secure_transport",
            Value($"{Database}/configurations", "properties.value", "OFF", "/require_secure_transport")),
        new("transport", "no lowest TLS of the database", "ssl_min_protocol_version is not set",
            Remove($"{Database}/configurations", "/ssl_min_protocol_version")),
        new("transport", "an http address in a setting", "OPERATOR_ISSUER is an address without TLS",
            Value($"{Site}/config", "properties.OPERATOR_ISSUER", "http://login.example.com/realms/platform")),

        new("public access", "public database", Public,
            Value(Database, "properties.network.publicNetworkAccess", "Enabled")),
        new("public access", "open firewall of the database", "opens the network",
            Add($"{Database}/firewallRules", "arcsaas/all")),
        new("public access", "public vault", Public, Value(Vault, "properties.publicNetworkAccess", "Enabled")),
        new("public access", "public storage", Public, Value(Storage, "properties.publicNetworkAccess", "Enabled")),
        new("public access", "public blobs", "publicAccess is 'Blob'",
            Value($"{Storage}/blobServices/containers", "properties.publicAccess", "Blob")),
        new("public access", "public functions", Public, Value(Site, "properties.publicNetworkAccess", "Enabled")),
        new("public access", "public containers", Public,
            Value(Containers, "properties.publicNetworkAccess", "Enabled")),
        new("public access", "a public address of the containers", "vnetConfiguration.internal is 'false'",
            Value(Containers, "properties.vnetConfiguration.internal", false)),
        new("public access", "a server that everyone in the network reaches", "ipSecurityRestrictions",
            Value(App, "properties.configuration.ingress.ipSecurityRestrictions", null, "-server"), "server"),
        new("public access", "no private endpoint of the database", "has no private endpoint 'postgresqlServer'",
            Remove("Microsoft.Network/privateEndpoints", "-postgres")),

        new("identities", "storage keys", "allowSharedKeyAccess",
            Value(Storage, "properties.allowSharedKeyAccess", true)),
        new("identities", "passwords of the database", "passwordAuth is 'Enabled'",
            Value(Database, "properties.authConfig.passwordAuth", "Enabled")),
        new("identities", "a database administrator's password", "administratorLoginPassword",
            Value(Database, "properties.administratorLoginPassword", "planted")),
        new("identities", "access policies of the vault", "enableRbacAuthorization",
            Value(Vault, "properties.enableRbacAuthorization", false)),
        new("identities", "keys of Application Insights", "DisableLocalAuth",
            Value(Insights, "properties.DisableLocalAuth", false)),
        new("identities", "the workspace's key in the environment", "appLogsConfiguration.destination",
            Value(Containers, "properties.appLogsConfiguration.destination", "log-analytics")),
        new("identities", "listKeys in the template", "listKeys(",
            deployment => deployment.Template["outputs"]!["key"] = "[listKeys('storage', '2024-01-01').keys[0].value]"),
        new("identities", "a connection string in a setting", "AzureWebJobsStorage is a connection string",
            Value($"{Site}/config", "properties.AzureWebJobsStorage", "AccountName=a;AccountKey=planted")),
        new("identities", "deployment by a password", "a password can deploy",
            Remove($"{Site}/basicPublishingCredentialsPolicies", "/scm")),
        new("identities", "a package store with a key", "authentication.type",
            Value(Site, "properties.functionAppConfig.deployment.storage.authentication.type",
                "StorageAccountConnectionString")),
        new("identities", "a registry password", "passwordSecretRef",
            Value(App, "properties.configuration.registries.0.passwordSecretRef", "registry-password", "-worker")),
    ];
}
