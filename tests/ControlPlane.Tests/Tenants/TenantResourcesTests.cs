using System.Text;
using System.Text.RegularExpressions;
using ControlPlane.Settings;
using ControlPlane.Tenants;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace ControlPlane.Tests.Tenants;

public sealed partial class TenantResourcesTests
{
    [Fact]
    public void Every_derived_name_fits_its_system_for_every_legal_key() => Keys.Legal.Sample(key =>
    {
        var names = TenantResources.For(TenantKey.FromStorage(key), "");

        // Keycloak stores realm and client names in columns of 255 characters and uses them in URL paths.
        Assert.Matches(PathSegment(), names.Realm);
        Assert.Matches(PathSegment(), names.Client);
        Assert.True(names.Realm.Length <= 255 && names.Client.Length <= 255);

        // PostgreSQL truncates names at 63 bytes and reserves the prefix pg_.
        Assert.Matches(Identifier(), names.Schema);
        Assert.True(Encoding.UTF8.GetByteCount(names.Schema) <= 63);
        Assert.False(names.Schema.StartsWith("pg_", StringComparison.Ordinal));

        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
        Assert.Matches(Bucket(), names.Bucket);
        Assert.DoesNotContain("xn--", names.Bucket, StringComparison.Ordinal);
        Assert.False(names.Bucket.EndsWith("-s3alias", StringComparison.Ordinal));

        // The key itself is a label of a host name.
        Assert.True(key.Length <= 63);
    });

    [Fact]
    public void The_bucket_of_the_longest_key_and_prefix_fits_S3()
    {
        var options = TenantKeyOptions.From(Reader(("TENANT_KEY_MAX_LENGTH", "12"), ("BUCKET_PREFIX", Letters(38))));

        string bucket = TenantResources.For(TenantKey.FromStorage(Letters(12)), options.BucketPrefix).Bucket;

        Assert.Equal(63, bucket.Length);
        Assert.Matches(Bucket(), bucket);
    }

    [Fact]
    public void A_bucket_begins_with_the_prefix_and_no_other_name_does()
    {
        var plain = TenantResources.For(TenantKey.FromStorage("newcompany"), "");
        var prefixed = TenantResources.For(TenantKey.FromStorage("newcompany"), "acme-eu-");

        Assert.Equal("tenant-newcompany-files", plain.Bucket);
        Assert.Equal("acme-eu-tenant-newcompany-files", prefixed.Bucket);
        Assert.Equal((plain.Realm, plain.Client, plain.Schema), (prefixed.Realm, prefixed.Client, prefixed.Schema));
        Assert.All((string[])[plain.Bucket, prefixed.Bucket], bucket =>
            Assert.True(TenantResources.IsTenantBucketName(bucket)));
    }

    [Theory]
    [InlineData("10", 41, "BUCKET_PREFIX: found 41 characters, expected at most 40, since a bucket's name has 63 and "
        + "TENANT_KEY_MAX_LENGTH is 10.")]
    [InlineData("50", 1, "BUCKET_PREFIX: found 1 characters, expected at most 0, since a bucket's name has 63 and "
        + "TENANT_KEY_MAX_LENGTH is 50.")]
    public void A_prefix_that_leaves_no_room_for_the_key_is_refused(string maxLength, int length, string message) =>
        Assert.Equal(message, Assert.Throws<SettingException>(() => TenantKeyOptions.From(
            Reader(("TENANT_KEY_MAX_LENGTH", maxLength), ("BUCKET_PREFIX", Letters(length))))).Message);

    [Theory]
    [InlineData("-acme")]
    [InlineData("Acme-")]
    [InlineData("acme.")]
    [InlineData("acme_")]
    [InlineData("xn--a")]
    [InlineData("sthree-")]
    [InlineData("amzn-s3-demo-")]
    public void A_prefix_that_no_bucket_may_have_is_refused(string prefix) =>
        Assert.StartsWith($"BUCKET_PREFIX: found '{prefix}', expected a to z", Assert.Throws<SettingException>(() =>
            TenantKeyOptions.From(Reader(("BUCKET_PREFIX", prefix)))).Message, StringComparison.Ordinal);

    [Fact]
    public void No_two_keys_share_a_name() => Gen.Select(Keys.Legal, Keys.Legal).Where((a, b) => a != b)
        .Sample((a, b) => Assert.Empty(NamesOf(a).Intersect(NamesOf(b))));

    [Fact]
    public void A_realm_id_belongs_to_one_installation_tenant_and_attempt()
    {
        var installation = new Guid("8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11");
        var tenant = new Guid("0197b0a1-0000-7000-8000-000000000001");
        var id = TenantResources.RealmId(installation, tenant, 1);

        Assert.Equal(id, TenantResources.RealmId(installation, tenant, 1));
        Assert.NotEqual(id, TenantResources.RealmId(installation, tenant, 2));
        Assert.NotEqual(id, TenantResources.RealmId(tenant, installation, 1));
    }

    private static SettingsReader Reader(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        return new SettingsReader(configuration, new HostingEnvironment { EnvironmentName = "Development" });
    }

    private static string Letters(int count) => new('a', count);

    private static string[] NamesOf(string key)
    {
        var names = TenantResources.For(TenantKey.FromStorage(key), "");
        return [names.Realm, names.Client, names.Schema, names.Bucket];
    }

    [GeneratedRegex(@"\A[a-z0-9-]+\z")]
    private static partial Regex PathSegment();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z")]
    private static partial Regex Bucket();
}
