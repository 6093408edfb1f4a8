using ControlPlane.Security;
using ControlPlane.Settings;

namespace Worker.Systems.Secrets;

/// <summary>The store of tenants' secrets and the keys from which passwords are derived.</summary>
public sealed record TenantSecrets(ITenantSecretStore Store, KeyRing Keys);

/// <param name="Secrets">Null when tenant secrets are switched off.</param>
public sealed record TenantSecretSettings(TenantSecrets? Secrets)
{
    public const string Switch = "TENANT_SECRETS_ENABLED", StoreSetting = "TENANT_SECRETS_STORE",
        Folder = "folder", Sealed = "sealed";

    private const string PublicKey = "TENANT_SECRETS_PUBLIC_KEY";

    /// <summary>
    /// Reads the settings. Tenant secrets are off without <c>TENANT_SECRETS_STORE</c>, or with
    /// <c>TENANT_SECRETS_ENABLED=false</c>.
    /// </summary>
    public static TenantSecretSettings From(SettingsReader settings) =>
        !settings.Flag(Switch, settings.Find(StoreSetting) is not null)
            ? new TenantSecretSettings((TenantSecrets?)null)
            : settings.Text("DB_AUTH", "password") == "entra"
            ? throw new SettingException("DB_AUTH", "'entra'",
                $"password while tenant secrets are on ({Switch}): logins of tenants by Microsoft Entra are not built "
                + "yet")
            : new TenantSecretSettings(new TenantSecrets(
                CreateStore(settings), KeyRing.Require(settings, "TENANT_SECRET_KEYS")));

    private static ITenantSecretStore CreateStore(SettingsReader settings) =>
        settings.Require(StoreSetting, $"{Folder} or {Sealed}") switch
        {
            Folder when settings.IsProduction => throw new SettingException(
                StoreSetting, $"'{Folder}'", $"{Sealed} in Production: a folder is for development"),
            Folder => new FolderSecretStore(Path.GetFullPath(
                settings.Require("TENANT_SECRETS_FOLDER", "the folder for tenants' secrets"))),
            Sealed => new SealedSecretStore(
                SealedSecretStore.ParseKey(settings.Require(PublicKey, "the application's public key"))
                ?? throw new SettingException(PublicKey, "something that is no such key",
                    "an RSA public key of 2048 bits or more, SubjectPublicKeyInfo (DER) in base64")),
            "key-vault" => throw new SettingException(
                StoreSetting, "'key-vault'", $"{Folder} or {Sealed}: Azure Key Vault is not built yet"),
            var other => throw new SettingException(StoreSetting, $"'{other}'", $"{Folder} or {Sealed}"),
        };
}
