using System.Net;
using ControlPlane.Persistence;
using Npgsql;
using Testing;

namespace Functions.Tests.Provisioning;

/// <summary>On a database of its own: whole tables are locked.</summary>
public sealed class ProvisioningSnapshotTests(World world, PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("provisioning_attempts")]
    [InlineData("provisioning_steps")]
    public async Task Tenant_attempt_and_steps_are_shown_as_they_were_at_one_moment(string table)
    {
        await using var app = world.Start(("DATABASE_URL", postgres.FunctionsConnectionString));
        string bearer = world.Realm.Token(app.Time.GetUtcNow());
        var tenant = await app.Given.TenantAsync();
        (await app.PostAsync($"/tenants/{tenant.Id}/provision", Given.Subscription(tenant.Id), bearer))
            .Expect(HttpStatusCode.Accepted);
        await using var writer = await postgres.Owner.OpenConnectionAsync(CancellationToken);
        await using var activation = await writer.BeginTransactionAsync(CancellationToken);
        // Whoever reads gets as far as this table, and waits there for the writer.
        await writer.Command($"LOCK TABLE {table}").ExecuteAsync(CancellationToken);

        var reading = app.GetAsync($"/tenants/{tenant.Id}/provisioning", bearer);
        await AssertMore.EventuallyAsync(() => IsWaitedForAsync(table), isWaitedFor => isWaitedFor);
        await ActivateAsync(writer, tenant);
        await activation.CommitAsync(CancellationToken);

        var shown = (await reading).Expect(HttpStatusCode.OK).Json;
        string moment = $"{shown.GetProperty("status")} {shown.GetProperty("attempt").GetProperty("state")} "
            + $"{shown.GetProperty("steps")[0].GetProperty("state")}";
        Assert.Contains(moment, (string[])["PENDING_PROVISION RECORDED PENDING", "ACTIVE SUCCEEDED DONE"]);
    }

    private Task<bool> IsWaitedForAsync(string table) => postgres.ReadAsync<bool>(
        """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                       WHERE d.datname = current_database() AND l.relation = to_regclass($1) AND NOT l.granted)
        """,
        table);

    private static async Task ActivateAsync(NpgsqlConnection writer, GivenTenant tenant)
    {
        var id = Guid.Parse(tenant.Id);
        await writer.Command("UPDATE tenants SET status = 'ACTIVE' WHERE id = $1", id).ExecuteAsync(CancellationToken);
        await writer.Command("UPDATE provisioning_attempts SET state = 'SUCCEEDED' WHERE tenant_id = $1", id)
            .ExecuteAsync(CancellationToken);
        await writer.Command("UPDATE provisioning_steps SET state = 'DONE' WHERE tenant_id = $1", id)
            .ExecuteAsync(CancellationToken);
    }
}
