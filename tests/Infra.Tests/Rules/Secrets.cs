using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>A secret is in the vault and nowhere else: not in a parameter, an output or a setting.</summary>
internal static partial class Secrets
{
    /// <summary>Application Insights' own, which is no credential while local authentication is off.</summary>
    private static readonly string[] NamesOfResources = ["connectionString", "insightsConnectionString"];

    public static IEnumerable<string> Faults(Deployment deployment) =>
    [
        .. FaultsOfParameters(deployment.Template),
        .. from process in Process.Of(deployment)
           from setting in process.Settings.Keys
           where DocumentedSetting.All.Any(documented => documented.Name == setting && documented.IsSecret)
           select $"{process.Name}: {setting} is a secret and no reference to the vault",
        .. from app in deployment.Of("Microsoft.App/containerApps").Concat(deployment.Of("Microsoft.App/jobs"))
           from secret in app.At("properties.configuration.secrets")!.AsArray()
           where secret!["value"] is not null || secret["keyVaultUrl"] is null || secret["identity"] is null
           select $"{app.Label()}: {secret["name"]} is not read from the vault by an identity",
        .. from value in deployment.Of("Microsoft.ApiManagement/service/namedValues")
           where value.Text("properties.secret") == "true"
           select $"{value.Label()}: a secret in the gateway",
    ];

    // Recursive, since a module is a template inside the template.
    private static IEnumerable<string> FaultsOfParameters(JsonNode? node) => node switch
    {
        JsonObject template => template.SelectMany(property =>
            property is { Key: "parameters" or "outputs" or "properties", Value: JsonObject declarations }
                ? declarations.SelectMany(FaultsOfDeclaration).Concat(FaultsOfParameters(declarations))
                : FaultsOfParameters(property.Value)),
        JsonArray list => list.SelectMany(FaultsOfParameters),
        _ => [],
    };

    private static IEnumerable<string> FaultsOfDeclaration(KeyValuePair<string, JsonNode?> declaration)
    {
        string type = (declaration.Value as JsonObject)?["type"]?.ToString() ?? "";
        bool isSecure = type.StartsWith("secure", StringComparison.OrdinalIgnoreCase);
        bool soundsSecret = type == "string" && SecretName().IsMatch(declaration.Key)
            && !NamesOfResources.Contains(declaration.Key);
        return isSecure || soundsSecret ? [$"{declaration.Key} ({type}) is a secret in a parameter or an output"] : [];
    }

    [GeneratedRegex("secret|password|credential|privateKey|apiKey|connectionString$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
