using System.Net;
using ControlPlane.Persistence;
using Npgsql;
using Testing;

namespace Api.Tests.Provisioning;

/// <summary>Tests on a separate database, because they lock whole tables.</summary>
public sealed class ProvisioningSnapshotTests(ApiFixture fixture, PostgresFixture postgres)
    : IClassFixture<PostgresFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("provisioning_attempts")]
    [InlineData("provisioning_steps")]
    public async Task Tenant_attempt_and_steps_come_from_one_snapshot(string table)
    {
        await using var app = fixture.StartApplication(("DATABASE_URL", postgres.FunctionsConnectionString));
        string bearer = fixture.Realm.CreateToken(app.Time.GetUtcNow());
        var tenant = await app.Data.CreateTenantAsync();
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", TestData.Subscription(tenant.Id), bearer))
            .Expect(HttpStatusCode.Accepted);
        // The row that the worker writes when the run begins.
        await postgres.ExecuteAsync(
            "INSERT INTO provisioning_steps (tenant_id, attempt, position, step) VALUES ($1, 1, 1, 'update-status')",
            Guid.Parse(tenant.Id));
        await using var writer = await postgres.Owner.OpenConnectionAsync(CancellationToken);
        await using var activation = await writer.BeginTransactionAsync(CancellationToken);
        // The reader blocks at this table until the writer commits.
        await writer.Command($"LOCK TABLE {table}").ExecuteAsync(CancellationToken);

        var reading = app.GetAsync($"/tenants/{tenant.Id}/provisioning", bearer);
        await AssertMore.EventuallyAsync(() => HasBlockedReaderAsync(table), hasBlockedReader => hasBlockedReader);
        await ActivateAsync(writer, tenant);
        await activation.CommitAsync(CancellationToken);

        var shown = (await reading).Expect(HttpStatusCode.OK).Json;
        string snapshot = $"{shown.GetProperty("status")} {shown.GetProperty("attempt").GetProperty("state")} "
            + $"{shown.GetProperty("steps")[0].GetProperty("state")}";
        Assert.Contains(snapshot, (string[])["PROVISION_RECORDED RECORDED PENDING", "ACTIVE SUCCEEDED DONE"]);
    }

    private Task<bool> HasBlockedReaderAsync(string table) => postgres.ReadAsync<bool>(
        """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                       WHERE d.datname = current_database() AND l.relation = to_regclass($1) AND NOT l.granted)
        """,
        table);

    private static async Task ActivateAsync(NpgsqlConnection writer, TestTenant tenant)
    {
        var id = Guid.Parse(tenant.Id);
        await writer.Command("UPDATE tenants SET status = 'ACTIVE' WHERE id = $1", id).ExecuteAsync(CancellationToken);
        await writer.Command("UPDATE provisioning_attempts SET state = 'SUCCEEDED' WHERE tenant_id = $1", id)
            .ExecuteAsync(CancellationToken);
        await writer.Command("UPDATE provisioning_steps SET state = 'DONE' WHERE tenant_id = $1", id)
            .ExecuteAsync(CancellationToken);
    }
}
