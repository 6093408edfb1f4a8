using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>
/// Each process gets settings of docs/settings.md that it reads, and each that has no default in Production.
/// </summary>
internal static class Settings
{
    /// <summary>Settings of the Functions host. They name an identity or an account.</summary>
    private static readonly string[] HostSettings =
    [
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
    ];

    /// <summary>Settings with a default that does not fit Azure, or another process' address.</summary>
    private static readonly string[] RequiredInAzure = ["AZURE_CLIENT_ID", "DB_AUTH", "OPERATOR_ISSUER"];

    /// <summary>Without it all callers share one limit: only the gateway knows their addresses.</summary>
    private static readonly string[] RequiredOfHttp = ["CLIENT_ADDRESS_HEADER"];

    /// <summary>Without it no customer can accept an invitation.</summary>
    private static readonly string[] RequiredOfWorker = ["INVITATION_PRIVATE_KEY"];

    /// <summary>Settings without a default that a process in Azure does not need, with the reason.</summary>
    private static readonly Dictionary<string, string> NotNeeded = new()
    {
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "read by the rule of its process",
        ["AZURE_FEDERATED_TOKEN_FILE"] = "of Kubernetes",
        ["AZURE_TENANT_ID"] = "of Kubernetes",
        ["CORS_ORIGINS"] = "optional",
        ["BRAND_LOGO_URL"] = "optional",
        ["BRAND_NAME"] = "optional",
        ["BRAND_SUPPORT_EMAIL"] = "optional: NOVU_SUPPORT_EMAIL",
        ["DATABASE_URL"] = "DB_HOST instead",
        ["DB_PASSWORD"] = "DB_AUTH=entra",
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "set by the Functions host",
        ["IDENTITY_ENDPOINT"] = "set by Azure",
        ["IDENTITY_HEADER"] = "set by Azure",
        ["KEYCLOAK_ADMIN_PASSWORD"] = "refused in Production",
        ["KEYCLOAK_ADMIN_USERNAME"] = "KEYCLOAK_ADMIN_CLIENT_SECRET instead",
        ["NO_COLOR"] = "no console",
        ["RESERVED_KEYS"] = "optional",
        ["S3_BUCKET_OWNER"] = "optional",
        ["TEMPORAL_API_KEY"] = "by the kind of authentication: Readers",
        ["TEMPORAL_TLS_CLIENT_CERT_DATA"] = "by the kind of authentication: Readers",
        ["TEMPORAL_TLS_CLIENT_CERT_PATH"] = "the certificate is in the vault",
        ["TEMPORAL_TLS_CLIENT_KEY_DATA"] = "by the kind of authentication: Readers",
        ["TEMPORAL_TLS_CLIENT_KEY_PATH"] = "the key is in the vault",
        ["TENANT_EXTRA_REDIRECT_URIS"] = "for development",
        ["TENANT_SECRETS_FOLDER"] = "for development",
        ["TENANT_SECRETS_PUBLIC_KEY"] = "with TENANT_SECRETS_STORE",
        ["TENANT_SECRETS_STORE"] = "optional: without a store, tenants get no database login",
        ["TENANT_SECRET_KEYS"] = "with TENANT_SECRETS_STORE",
        ["TENANT_SMTP_FROM"] = "optional: without a sender, password reset is off",
        ["TENANT_SMTP_FROM_NAME"] = "optional",
        ["TENANT_SMTP_HOST"] = "optional",
        ["TENANT_SMTP_PASSWORD"] = "optional",
        ["TENANT_SMTP_USERNAME"] = "optional",
        ["TERRAFORM_ENVIRONMENT"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_MODULES"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_PLUGIN_DIR"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_REGION"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_STATE_KEYS"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_STATE_URL"] = "TERRAFORM_ENABLED=false",
        ["TERRAFORM_VARIABLES_FILE"] = "TERRAFORM_ENABLED=false",
    };

    /// <summary>Settings of mails; a deployment has all of them or none.</summary>
    private static readonly string[] MailSettings =
        ["APP_PLANE_BASE_URL", "NOVU_API_KEY", "NOVU_SUPPORT_EMAIL", "PUBLIC_BASE_URL", "TOKEN_KEYS"];

    /// <summary>Settings of the object store; a deployment has all of them or none.</summary>
    private static readonly string[] StoreSettings = ["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"];

    public static IEnumerable<string> Faults(Deployment deployment) =>
        Process.Of(deployment).SelectMany(process => FaultsOf(process, isFunctionApp: IsFunctionApp(deployment)));

    private static bool IsFunctionApp(Deployment deployment) => deployment.Of("Microsoft.Web/sites").Any();

    private static IEnumerable<string> FaultsOf(Process process, bool isFunctionApp)
    {
        bool isHttp = process.Name == "functions";
        var names = process.SettingNames.ToHashSet();
        var known = DocumentedSetting.All.Where(setting => setting.IsReadBy(process.Name))
            .Select(setting => setting.Name).Concat(isHttp && isFunctionApp ? HostSettings : []);
        var required = DocumentedSetting.All.Where(setting => setting.IsReadBy(process.Name) && setting.HasNoDefault)
            .Select(setting => setting.Name).Concat(RequiredInAzure).Concat(isHttp ? RequiredOfHttp : RequiredOfWorker)
            .Except(NotNeeded.Keys).Except(isHttp ? ["KEYCLOAK_URL"] : MailSettings).Except(StoreSettings);
        return
        [
            .. names.Except(known).Select(name => $"{process.Name} does not read {name} (docs/settings.md)"),
            .. required.Except(names).Select(name => $"{process.Name} lacks {name}"),
            .. isHttp ? [] : Group(process, MailSettings).Concat(Group(process, StoreSettings)),
        ];
    }

    private static IEnumerable<string> Group(Process process, string[] group)
    {
        var missing = group.Except(process.SettingNames).ToList();
        return missing.Count == group.Length ? [] : missing.Select(name => $"{process.Name} lacks {name}");
    }
}
