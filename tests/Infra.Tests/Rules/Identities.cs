using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>Processes sign in with identities. Keys and passwords are off where Azure has a switch.</summary>
internal static partial class Identities
{
    private const string User = "UserAssigned";

    public static IEnumerable<string> Faults(Deployment deployment) =>
    [
        .. deployment.Of("Microsoft.Storage/storageAccounts").SelectMany(account => account.MustBe(
            ("properties.allowSharedKeyAccess", "false"))),
        .. deployment.Of("Microsoft.DBforPostgreSQL/flexibleServers").SelectMany(server => server.MustBe(
            ("properties.authConfig.passwordAuth", "Disabled"),
            ("properties.authConfig.activeDirectoryAuth", "Enabled"),
            ("properties.administratorLoginPassword", ""))),
        .. deployment.Of("Microsoft.KeyVault/vaults").SelectMany(vault => vault.MustBe(
            ("properties.enableRbacAuthorization", "true"), ("properties.accessPolicies", ""))),
        .. deployment.Of("Microsoft.Insights/components").SelectMany(insights => insights.MustBe(
            ("properties.DisableLocalAuth", "true"))),
        .. deployment.Of("Microsoft.OperationalInsights/workspaces").SelectMany(workspace => workspace.MustBe(
            ("properties.features.disableLocalAuth", "true"))),
        .. deployment.Of("Microsoft.App/managedEnvironments").SelectMany(environment => environment.MustBe(
            ("properties.appLogsConfiguration.destination", "azure-monitor"))),
        .. deployment.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").SelectMany(policy => policy.MustBe(
            ("properties.allow", "false"))),
        .. deployment.Of("Microsoft.Web/sites").SelectMany(site => FaultsOfSite(deployment, site)),
        .. deployment.Of("Microsoft.App/containerApps").Concat(deployment.Of("Microsoft.App/jobs"))
            .SelectMany(FaultsOfContainer),
        .. KeyFunction().Matches(deployment.Template.ToJsonString())
            .Select(call => $"the template calls {call.Value}), which returns keys"),
        .. from process in Process.Of(deployment)
           from setting in process.Settings
           where ConnectionString().IsMatch(setting.Value)
           select $"{process.Name}: {setting.Key} is a connection string with a key",
    ];

    private static IEnumerable<string> FaultsOfSite(Deployment deployment, JsonNode site)
    {
        var faults = site.MustBe(
            ("identity.type", User),
            ("properties.functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity"));
        int policies = deployment.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count();
        return policies == 2 ? faults : faults.Append($"{site.Label()}: a password can deploy (ftp or scm)");
    }

    private static IEnumerable<string> FaultsOfContainer(JsonNode app) =>
    [
        .. app.MustBe(("identity.type", User), ("properties.configuration.registries.0.passwordSecretRef", "")),
        .. app.Text("properties.configuration.registries.0.identity").Length > 0
            ? Array.Empty<string>()
            : [$"{app.Label()}: the registry has no identity"],
    ];

    // Data plane functions of ARM: listKeys, listAccountSas, listSecrets….
    [GeneratedRegex(@"\blist[A-Z]\w*\(")]
    private static partial Regex KeyFunction();

    [GeneratedRegex("AccountKey=|SharedAccessKey=|DefaultEndpointsProtocol=|Password=", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();
}
