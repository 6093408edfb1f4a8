using Temporalio.Client;
using Temporalio.Exceptions;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>One tenant that cannot be repaired does not end the part of the sweep.</summary>
public sealed class RepairErrorTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task The_attempts_of_the_other_tenants_are_started_and_the_error_is_reported()
    {
        // Ids are in the order of their creation, and so is the sweep.
        var (refused, other) = (await GivenRecordedAsync(), await GivenRecordedAsync());
        await using (await RefuseAsync(refused, "provisioning_attempts", "UPDATE"))
        {
            await AssertFailedAsync(await fixture.StartRepairAsync(), "attempts", refused);
        }

        await AssertMore.EventuallyAsync(async () => Assert.Equal("ACTIVE", await fixture.StatusAsync(other)));
    }

    [Fact]
    public async Task The_welcome_mails_of_the_other_tenants_are_sent()
    {
        var (refused, other) = (await GivenWithoutMailAsync(), await GivenWithoutMailAsync());
        await using (await RefuseAsync(refused, "provisioning_steps", "UPDATE"))
        {
            await AssertFailedAsync(await fixture.StartRepairAsync(), "attempts", refused);
        }

        await AssertMore.EventuallyAsync(async () =>
            Assert.Single(await fixture.Control.GetMailsAsync(other.SubscriberId)));
    }

    [Fact]
    public async Task Expired_tenants_are_freed_although_the_passwords_cannot_be_erased()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET expires_at = now() - interval '1 minute' WHERE id = $1", tenant.Id);
        await fixture.Postgres.ExecuteAsync("ALTER TABLE sealed_passwords RENAME COLUMN expires_at TO hidden");
        try
        {
            await AssertFailedAsync(await fixture.StartSweepAsync(), "rows", null);
        }
        finally
        {
            await fixture.Postgres.ExecuteAsync("ALTER TABLE sealed_passwords RENAME COLUMN hidden TO expires_at");
        }

        Assert.Equal("EXPIRED", await fixture.StatusAsync(tenant));
    }

    private async Task AssertFailedAsync(WorkflowHandle run, string part, TestTenant? tenant)
    {
        var failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Equal($"Not swept: {part}", failed.InnerException!.Message);
        Assert.Contains(fixture.Logs.Lines, line => line.Contains($"SWEEP_FAILED {part}", StringComparison.Ordinal)
            && line.Contains($"{tenant?.Id:D}", StringComparison.Ordinal));
    }

    private async Task<TestTenant> GivenRecordedAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await AgeAsync(tenant);
        return tenant;
    }

    private async Task<TestTenant> GivenWithoutMailAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.TerminateAtAsync(tenant, "SendNotification");
        await AgeAsync(tenant);
        return tenant;
    }

    private Task<int> AgeAsync(TestTenant tenant) => fixture.Postgres.ExecuteAsync(
        "UPDATE tenants SET updated_at = now() - interval '3 minutes' WHERE id = $1", tenant.Id);

    private async Task<Restored> RefuseAsync(TestTenant tenant, string table, string change)
    {
        string name = $"refuse_{tenant.Key}";
        await fixture.Postgres.ExecuteAsync(
            $"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
            CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW
                WHEN (NEW.tenant_id = '{tenant.Id}') EXECUTE FUNCTION {name}();
            """);
        return new Restored(() => fixture.Postgres.ExecuteAsync($"DROP FUNCTION {name} CASCADE"));
    }
}
