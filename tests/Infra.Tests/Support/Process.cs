using System.Text.Json.Nodes;

namespace Infra.Tests.Support;

/// <summary>A process of a deployment with the settings that it gets.</summary>
/// <param name="Name">The name as in docs/settings.md: functions, or worker.</param>
/// <param name="Settings">The settings that are no secrets. A value that only Azure knows is an expression.</param>
/// <param name="Secrets">The settings whose values are in the vault, with the names there.</param>
public sealed record Process(
    string Name, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Secrets)
{
    private const string Reference = ";SecretName=";

    public IEnumerable<string> SettingNames => Settings.Keys.Concat(Secrets.Keys);

    public static IEnumerable<Process> Of(Deployment deployment)
    {
        var apps = deployment.Of("Microsoft.Web/sites/config").Select(FromFunctionApp);
        var containers = deployment.Of("Microsoft.App/containerApps").Concat(deployment.Of("Microsoft.App/jobs"));
        return apps.Concat(containers.Select(FromContainer));
    }

    public static Process Worker(Deployment deployment) =>
        FromContainer(deployment.One("Microsoft.App/containerApps", "-worker"));

    public static Process Http(Deployment deployment) => Of(deployment).Single(process => process.Name == "functions");

    private static Process FromFunctionApp(JsonNode config)
    {
        var values = config["properties"]!.AsObject()
            .ToDictionary(value => value.Key, value => value.Value!.ToString());
        return new Process(
            "functions",
            values.Where(value => !value.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal))
                .ToDictionary(),
            values.Where(value => value.Value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal))
                .ToDictionary(value => value.Key, value => value.Value.Split(Reference)[1].TrimEnd(')')));
    }

    private static Process FromContainer(JsonNode app)
    {
        var container = app.At("properties.template.containers.0")!;
        var values = container["env"]!.AsArray().Select(value => value!).ToList();
        return new Process(
            container.Text("name") == "server" ? "functions" : container.Text("name"),
            values.Where(value => value["value"] is not null)
                .ToDictionary(value => value.Text("name"), value => value.Text("value")),
            values.Where(value => value["secretRef"] is not null)
                .ToDictionary(value => value.Text("name"), value => value.Text("secretRef")));
    }
}
