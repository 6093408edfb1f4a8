using System.Text;
using System.Text.RegularExpressions;
using ControlPlane.Tenants;
using CsCheck;

namespace ControlPlane.Tests.Tenants;

public sealed partial class TenantResourcesTests
{
    [Fact]
    public void Every_derived_name_fits_its_system_for_every_legal_key() => Keys.Legal.Sample(key =>
    {
        var names = TenantResources.For(TenantKey.FromStorage(key));

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

    private static string[] NamesOf(string key)
    {
        var names = TenantResources.For(TenantKey.FromStorage(key));
        return [names.Realm, names.Client, names.Schema, names.Bucket];
    }

    [GeneratedRegex(@"\A[a-z0-9-]+\z")]
    private static partial Regex PathSegment();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z")]
    private static partial Regex Bucket();
}
