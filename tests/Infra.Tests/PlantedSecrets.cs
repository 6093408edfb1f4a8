using System.Text.Json.Nodes;
using Infra.Tests.Support;
using static Infra.Tests.Planted;

namespace Infra.Tests;

/// <summary>Faults of secrets and roles.</summary>
internal static class PlantedSecrets
{
    private const string AppSettings = "Microsoft.Web/sites/config";
    private const string App = "Microsoft.App/containerApps";
    private const string Owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string Group = "/subscriptions/s/resourceGroups/control-plane";

    public static IReadOnlyList<Planted> All { get; } =
    [
        new("secrets", "a secure parameter", "jwt (secureString) is a secret in a parameter",
            Parameter("jwt", "secureString")),
        new("secrets", "a secure object", "keys (secureObject)", Parameter("keys", "secureObject")),
        new("secrets", "a plain parameter with a password", "databasePassword (string)",
            Parameter("databasePassword", "string")),
        new("secrets", "a secret parameter of a module", "apiKey (string)",
            deployment => deployment.Template.At("resources.vault.properties.template.parameters")!
                .Set("apiKey", new JsonObject { ["type"] = "string" })),
        new("secrets", "a secret output", "clientSecret (string)",
            deployment => deployment.Template["outputs"]!["clientSecret"] = new JsonObject { ["type"] = "string" }),
        new("secrets", "a plain secret of the functions", "JWT_SECRET is a secret and no reference",
            Value(AppSettings, "properties.JWT_SECRET", "planted")),
        new("secrets", "a plain secret of the worker", "NOVU_API_KEY is a secret and no reference",
            deployment => Setting(deployment, "NOVU_API_KEY").ReplaceWith(
                JsonNode.Parse("""{ "name": "NOVU_API_KEY", "value": "planted" }"""))),
        new("secrets", "a secret value in a container app", "is not read from the vault",
            deployment => deployment.One(App, "-worker").At("properties.configuration.secrets.0")!
                .Set("value", "planted")),
        new("secrets", "a secret in the gateway", "a secret in the gateway",
            Value("Microsoft.ApiManagement/service/namedValues", "properties.secret", true, "/operator-audience")),

        new("roles", "an owner", $"the role {Owner} is assigned on {Group}", Assign(Owner, Group, "arcsaas-http")),
        new("roles", "a reader of the whole vault", $"the role {SecretsUser} is assigned on",
            Assign(SecretsUser, $"{Group}/providers/Microsoft.KeyVault/vaults/v", "arcsaas-worker")),
        new("roles", "functions that read a secret of the worker",
            "arcsaas-http may read keycloak-client-secret, which functions does not use",
            Assign(SecretsUser, $"{Group}/providers/Microsoft.KeyVault/vaults/v/secrets/keycloak-client-secret",
                "arcsaas-http")),
        new("roles", "a worker that may not read a secret", "arcsaas-worker may not read novu-api-key",
            deployment => deployment.Resources.Remove(deployment.Of("Microsoft.Authorization/roleAssignments").Single(
                assignment => assignment.Text("id").Contains("/secrets/novu-api-key/", StringComparison.Ordinal)))),
        new("roles", "one identity for both", "share an identity",
            Value(AppSettings, "properties.DB_USER", "arcsaas-worker")),
    ];

    public static JsonNode Setting(Deployment deployment, string name) => deployment.One(App, "-worker")
        .At("properties.template.containers.0.env")!.AsArray().Single(value => value!.Text("name") == name)!;

    private static Action<Deployment> Parameter(string name, string type) =>
        deployment => deployment.Template["parameters"]![name] = new JsonObject { ["type"] = type };

    private static Action<Deployment> Assign(string role, string scope, string identity) =>
        deployment => deployment.Resources.Add(JsonNode.Parse(
            $$"""
            {
              "type": "Microsoft.Authorization/roleAssignments",
              "name": "planted",
              "id": "{{scope}}/providers/Microsoft.Authorization/roleAssignments/planted",
              "properties": {
                "principalId": "[reference('/userAssignedIdentities/{{identity}}').principalId]",
                "roleDefinitionId": "/roleDefinitions/{{role}}"
              }
            }
            """));
}
