using Infra.Tests.Support;
using static Infra.Tests.Planted;

namespace Infra.Tests;

/// <summary>Faults of the processes' settings.</summary>
internal static class PlantedSettings
{
    private const string AppSettings = "Microsoft.Web/sites/config";

    public static IReadOnlyList<Planted> All { get; } =
    [
        .. new[]
        {
            "DB_HOST", "DB_USER", "DB_DATABASE", "DB_AUTH", "AZURE_CLIENT_ID", "TEMPORAL_ADDRESS", "JWT_SECRET",
            "TOKEN_KEYS", "PAYLOAD_KEYS", "OPERATOR_ISSUER", "CLIENT_ADDRESS_HEADER",
        }.Select(name => new Planted("settings", $"functions without {name}", $"functions lacks {name}",
            deployment => deployment.One(AppSettings).At("properties")!.AsObject().Remove(name))),
        .. new[]
        {
            "DB_HOST", "DB_USER", "DB_DATABASE", "DB_AUTH", "AZURE_CLIENT_ID", "TEMPORAL_ADDRESS", "PAYLOAD_KEYS",
            "TENANT_DATABASE_URL", "INSTALLATION_ID", "INVITATION_PRIVATE_KEY", "KEYCLOAK_URL", "OPERATOR_ISSUER",
            "KEYCLOAK_ADMIN_CLIENT_SECRET", "NOVU_API_KEY", "PUBLIC_BASE_URL", "AWS_SECRET_ACCESS_KEY",
        }.Select(name => new Planted("settings", $"worker without {name}", $"worker lacks {name}", Without(name))),
        new("settings", "a misspelt setting", "functions does not read TEMPORAL_ADRESS",
            Value(AppSettings, "properties.TEMPORAL_ADRESS", "temporal:7233")),
        new("settings", "a setting of the worker for the functions", "functions does not read INVITATION_PRIVATE_KEY",
            Value(AppSettings, "properties.INVITATION_PRIVATE_KEY", "planted")),

        new("readers", "an invalid value for the functions", "functions stops: TEMPORAL_ADDRESS: found 'temporal'",
            Value(AppSettings, "properties.TEMPORAL_ADDRESS", "temporal")),
        new("readers", "a key that is missing for Temporal Cloud", "functions stops: TEMPORAL_API_KEY: found nothing",
            deployment => deployment.One(AppSettings).At("properties")!.AsObject().Remove("TEMPORAL_API_KEY")),
        new("readers", "a certificate without its key", "worker stops: TEMPORAL_TLS_CLIENT_KEY_DATA: found nothing",
            Without("TEMPORAL_TLS_CLIENT_KEY_DATA"), "production"),
        new("readers", "tenants in the control database", "worker stops: TENANT_DATABASE_URL",
            deployment => PlantedSecrets.Setting(deployment, "TENANT_DATABASE_URL")
                .Set("value", "postgres://worker@database.example.com/control_plane")),
        new("readers", "a password beside entra", "worker stops: TENANT_DATABASE_URL: found a password",
            deployment => PlantedSecrets.Setting(deployment, "TENANT_DATABASE_URL")
                .Set("value", "postgres://worker:planted@database.example.com/tenants")),
        new("readers", "an installation id that is none", "worker stops: INSTALLATION_ID",
            deployment => PlantedSecrets.Setting(deployment, "INSTALLATION_ID").Set("value", "one")),
    ];

    // The commands' job has the same settings; the rule reports each process.
    private static Action<Deployment> Without(string name) => deployment =>
    {
        var setting = PlantedSecrets.Setting(deployment, name);
        setting.Parent!.AsArray().Remove(setting);
    };
}
