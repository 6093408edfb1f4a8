using EndToEnd.Tests.Support;
using Testing;

namespace EndToEnd.Tests;

/// <summary>The restore drill of docs/production.md, on the tests' instance.</summary>
public sealed class RestoreTests(InstanceFixture fixture)
{
    private Instance Instance => fixture.Instance;

    [Fact]
    public async Task A_tenant_that_is_younger_than_the_backup_is_reported_and_kept_and_can_be_added_again()
    {
        var backup = new ControlDatabaseBackup(Instance);
        await backup.TakeAsync();
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        await backup.RestoreAsync();
        await Instance.SweepAsync();

        string[] objects = [$"keycloak_realm tenant-{key} ", $"database_schema tenant_{key} ",
            $"storage_bucket tenant-{key}-files "];
        string listed = (await Instance.DevAsync("orphans")).EnsureSuccess().Output;
        Assert.All(objects, found => Assert.Contains(found, listed, StringComparison.Ordinal));

        await backup.RunFileAsync("docs/production/readd-tenant.sql", new()
        {
            ["tenant"] = customer.TenantId,
            ["attempt"] = "1",
            ["key"] = key,
            ["email"] = $"admin@{key}.com",
            ["first"] = "John",
            ["last"] = "Doe",
            ["company"] = "New Company Inc",
            ["domain"] = $"{key}.com",
        });
        await customer.ProvisionAsync();

        await AssertMore.EventuallyAsync(
            () => customer.CallAsync(HttpMethod.Get, $"/tenants/{customer.TenantId}", customer.OperatorToken, null),
            tenant => Customer.Text(tenant, "status") == "ACTIVE", TimeSpan.FromMinutes(1));
        (await Instance.DevAsync("residue", key)).EnsureSuccess();
        await Instance.SweepAsync();
        string left = (await Instance.DevAsync("orphans")).EnsureSuccess().Output;
        Assert.All(objects, found => Assert.DoesNotContain(found, left, StringComparison.Ordinal));
    }
}
