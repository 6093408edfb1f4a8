using EndToEnd.Tests.Support;
using Npgsql;
using Testing;

namespace EndToEnd.Tests;

/// <summary>The scheduled sweep, and the deletion of the orphans that it finds.</summary>
public sealed class SweepTests(InstanceFixture fixture)
{
    private Instance Instance => fixture.Instance;

    [Fact]
    public async Task Objects_unknown_to_a_restored_database_are_listed_as_orphans_and_deleted_on_request()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();
        await DeleteRowsAsync(customer.TenantId);

        await Instance.SweepAsync();
        string listed = (await Instance.DevAsync("orphans")).EnsureSuccess().Output;
        string bucket = $"storage_bucket tenant-{key}-files";
        Assert.All(
            [$"keycloak_realm tenant-{key} ", $"database_schema tenant_{key} ", $"{bucket} "],
            orphan => Assert.Contains($"{orphan} found ", listed, StringComparison.Ordinal));
        Assert.Contains($"ORPHAN keycloak_realm tenant-{key}: ", Instance.Log("worker"), StringComparison.Ordinal);

        var deleted = await Instance.DevAsync(["orphans", "delete", .. bucket.Split(' ')]);
        var again = await Instance.DevAsync(["orphans", "delete", .. bucket.Split(' ')]);
        string left = (await Instance.DevAsync("orphans")).EnsureSuccess().Output;

        Assert.Contains($"Deleted {bucket}.", deleted.EnsureSuccess().Output, StringComparison.Ordinal);
        Assert.Equal(1, again.ExitCode);
        Assert.DoesNotContain(bucket, left, StringComparison.Ordinal);
        Assert.Contains($"keycloak_realm tenant-{key} ", left, StringComparison.Ordinal);
        (await Instance.DevAsync("orphans", "delete", "keycloak_realm", $"tenant-{key}")).EnsureSuccess();
        (await Instance.DevAsync("orphans", "delete", "database_schema", $"tenant_{key}")).EnsureSuccess();
    }

    /// <summary>Deletes a tenant's rows, as after a restore from before the tenant existed.</summary>
    private async Task DeleteRowsAsync(string tenantId)
    {
        await using var database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={Instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={Instance.Secret("DEV_DB_SUPERUSER_PASSWORD")}");
        foreach (string table in (string[])
        [
            "invitations", "residue", "resources", "tenant_connections", "tenant_passwords", "provisioning_steps",
            "provisioning_attempts",
        ])
        {
            await using var forget = database.CreateCommand($"DELETE FROM {table} WHERE tenant_id = $1");
            forget.Parameters.AddWithValue(Guid.Parse(tenantId));
            await forget.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var last = database.CreateCommand("DELETE FROM tenants WHERE id = $1");
        last.Parameters.AddWithValue(Guid.Parse(tenantId));
        await last.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
