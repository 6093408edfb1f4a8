using System.Security.Cryptography;
using ControlPlane.Security;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Worker.Systems;
using Worker.Systems.Secrets;

namespace Worker.Tests.Systems.Secrets;

public sealed class TenantSecretSettingsTests
{
    private static readonly string Keys = $"s1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    [Theory]
    [InlineData("TENANT_SECRETS_STORE", "key-vault",
        "TENANT_SECRETS_STORE: found 'key-vault', expected folder or sealed: Azure Key Vault is not built yet")]
    [InlineData("TENANT_SECRETS_STORE", "vault",
        "TENANT_SECRETS_STORE: found 'vault', expected folder or sealed")]
    [InlineData("TENANT_SECRETS_FOLDER", null,
        "TENANT_SECRETS_FOLDER: found nothing, expected the folder for tenants' secrets")]
    [InlineData("TENANT_SECRET_KEYS", null, "TENANT_SECRET_KEYS: found nothing, expected a list of id:base64")]
    [InlineData("DB_AUTH", "entra", "DB_AUTH: found 'entra', expected password while tenant secrets are on "
        + "(TENANT_SECRETS_ENABLED): logins of tenants by Microsoft Entra are not built yet")]
    public void A_store_that_cannot_be_used_is_refused_with_the_reason(string name, string? value, string message)
    {
        var error = Assert.ThrowsAny<SettingException>(() => Read(
            Environments.Development, ("TENANT_SECRETS_STORE", "folder"), ("TENANT_SECRETS_FOLDER", "secrets"),
            ("TENANT_SECRET_KEYS", Keys), (name, value)));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_refused_in_Production() => Assert.StartsWith(
        "TENANT_SECRETS_STORE: found 'folder', expected sealed in Production",
        Assert.ThrowsAny<SettingException>(() => Read(Environments.Production, ("TENANT_SECRETS_STORE", "folder"),
            ("TENANT_SECRETS_FOLDER", "secrets"), ("TENANT_SECRET_KEYS", Keys))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("no base64")]
    [InlineData("AAAA")]
    public void A_public_key_that_is_none_is_refused_without_its_text(string key)
    {
        var error = Assert.ThrowsAny<SettingException>(() => Read(Environments.Production,
            ("TENANT_SECRETS_STORE", "sealed"), ("TENANT_SECRETS_PUBLIC_KEY", key), ("TENANT_SECRET_KEYS", Keys)));

        Assert.Equal("TENANT_SECRETS_PUBLIC_KEY", error.Name);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_or_short_key_is_no_public_key()
    {
        using RSA strong = RSA.Create(2048), weak = RSA.Create(1024);

        Assert.NotNull(SealedSecretStore.ParseKey(Convert.ToBase64String(strong.ExportSubjectPublicKeyInfo())));
        Assert.Null(SealedSecretStore.ParseKey(Convert.ToBase64String(strong.ExportPkcs8PrivateKey())));
        Assert.Null(SealedSecretStore.ParseKey(Convert.ToBase64String(weak.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public void Without_a_store_or_switched_off_there_are_no_secrets()
    {
        Assert.Null(Read(Environments.Production).Secrets);
        Assert.Null(Read(Environments.Production,
            ("TENANT_SECRETS_STORE", "sealed"), ("TENANT_SECRETS_ENABLED", "false")).Secrets);
    }

    [Fact]
    public async Task A_sealed_secret_opens_with_the_applications_key_under_its_own_name_only()
    {
        using var rsa = RSA.Create(2048);
        var store = Read(Environments.Production, ("TENANT_SECRETS_STORE", "sealed"), ("TENANT_SECRET_KEYS", Keys),
            ("TENANT_SECRETS_PUBLIC_KEY", Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()))).Secrets!.Store;
        var mark = new OwnershipMark(
            Guid.Parse("8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11"), Guid.Parse("0198c0de-0000-7000-8000-000000000001"), 1);

        var reference = await store.PutAsync(
            SecretName.OfDatabase(mark, 1), "a password", TestContext.Current.CancellationToken);

        byte[] sealedSecret = Convert.FromBase64String(reference.Sealed!);
        Assert.Equal(("sealed", $"{mark.Installation}/{mark.Tenant}/1/database-1"), (reference.Store, reference.Name));
        Assert.Equal("a password", SecretSeal.Open(sealedSecret, reference.Name, rsa));
        Assert.ThrowsAny<CryptographicException>(() => SecretSeal.Open(sealedSecret, $"{reference.Name}0", rsa));
        Assert.False(store.HasObjects);
    }

    private static TenantSecretSettings Read(string environment, params (string Name, string? Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.GroupBy(setting => setting.Name)
            .Select(setting => KeyValuePair.Create(setting.Key, setting.Last().Value)));
        return TenantSecretSettings.From(new SettingsReader(
            configuration, new HostingEnvironment { EnvironmentName = environment }));
    }
}
