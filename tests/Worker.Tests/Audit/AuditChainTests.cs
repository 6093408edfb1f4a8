using System.Data;
using ControlPlane.Audit;
using Npgsql;
using Testing;
using Worker.Audit;

namespace Worker.Tests.Audit;

/// <summary>The chain of the audit's rows, and what a superuser's changes do to it.</summary>
public sealed class AuditChainTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private AuditChain Chain => new(postgres.Owner);

    public async ValueTask InitializeAsync() => await TamperAsync(
        "TRUNCATE audit_events, audit_seals, audit_unsealed RESTART IDENTITY");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Rows_of_concurrent_calls_are_sealed_once_by_concurrent_workers()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (int i = 0; i < 25; i++)
                {
                    await AddAsync($"{writer}-{i}");
                    await Chain.SealAsync(CancellationToken);
                }
            },
            CancellationToken)));

        var found = await VerifyAsync();

        Assert.Equal((200L, 0, null), (found.Head.Position, found.Unsealed, found.Problem));
    }

    [Fact]
    public async Task A_row_that_is_committed_after_a_later_one_was_sealed_is_sealed()
    {
        await using var connection = await postgres.Functions.OpenConnectionAsync(CancellationToken);
        await using var slow = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, CancellationToken);
        await using var insert = new NpgsqlCommand(
            "INSERT INTO audit_events (event, actor, outcome) VALUES ('ACT_BEGUN', 'OPERATOR', 'slow')", connection);
        await insert.ExecuteNonQueryAsync(CancellationToken);
        await AddAsync("fast");

        Assert.Equal(1, (await Chain.SealAsync(CancellationToken))!.Position);
        await slow.CommitAsync(CancellationToken);
        Assert.Equal(2, (await Chain.SealAsync(CancellationToken))!.Position);

        Assert.Equal((2L, 0, null), await Summary());
    }

    [Fact]
    public async Task A_new_row_waits_for_its_seal_and_an_old_one_without_seal_is_an_error()
    {
        await AddAsync("new");
        Assert.Equal((0L, 1, null), await Summary());

        await TamperAsync("UPDATE audit_events SET at = at - interval '11 minutes'");

        Assert.Equal((0L, 1, "row 1: it is not sealed"), await Summary());
    }

    [Theory]
    [InlineData("UPDATE audit_events SET outcome = '500' WHERE id = 2",
        "position 2 (row 2): the row or its seal was changed")]
    [InlineData("UPDATE audit_events SET at = at + interval '1 microsecond' WHERE id = 2",
        "position 2 (row 2): the row or its seal was changed")]
    [InlineData("UPDATE audit_events SET actor_sub = actor_name, actor_name = actor_sub WHERE id = 1",
        "position 1 (row 1): the row or its seal was changed")]
    [InlineData("DELETE FROM audit_events WHERE id = 3", "position 3 (row 3): the row was deleted")]
    [InlineData("DELETE FROM audit_seals WHERE position = 2; DELETE FROM audit_events WHERE id = 2",
        "position 2 is missing")]
    [InlineData("UPDATE audit_seals SET hash = sha256(hash) WHERE position = 3",
        "position 3 (row 3): the row or its seal was changed")]
    [InlineData("DELETE FROM audit_seals WHERE position = 3", "row 3: it is not sealed")]
    [InlineData("INSERT INTO audit_events (event, actor, outcome) VALUES ('ACT_BEGUN', 'LEAD', 'x'); "
        + "DELETE FROM audit_unsealed", "row 4: it is not sealed")]
    [InlineData("INSERT INTO audit_events (event, actor, outcome) VALUES ('ACT_BEGUN', 'LEAD', 'x'); "
        + "DELETE FROM audit_events WHERE id = 4", "row 4: the row was deleted before it was sealed")]
    public async Task Tampering_is_found_at_the_first_broken_row(string sql, string problem)
    {
        await GivenThreeSealedRowsAsync();

        await TamperAsync(sql);

        Assert.Equal(problem, (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task A_shortened_or_rewritten_chain_is_found_by_a_noted_head()
    {
        await GivenThreeSealedRowsAsync();
        var noted = (await VerifyAsync()).Head;

        await TamperAsync("DELETE FROM audit_seals WHERE position = 3; DELETE FROM audit_events WHERE id = 3");
        Assert.Null((await VerifyAsync()).Problem);
        Assert.Equal("position 3 is missing: the chain ends at 2", (await VerifyAsync(noted)).Problem);

        await AddAsync("another");
        await Chain.SealAsync(CancellationToken);
        Assert.Null((await VerifyAsync()).Problem);
        Assert.Equal("position 3 (row 4): the seal is not the noted one, so the chain was written anew",
            (await VerifyAsync(noted)).Problem);
    }

    [Fact]
    public async Task A_change_of_state_by_hand_is_recorded_with_the_database_role()
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await postgres.ExecuteAsync(
            """
            INSERT INTO tenants (id, key, name, status, created_at, updated_at, expires_at)
            VALUES ($1, 'byhand', 'By hand', 'PENDING_PROVISION', now(), now(), now())
            """,
            id);
        await postgres.ExecuteAsync("UPDATE tenants SET status = 'EXPIRED' WHERE id = $1", id);
        await postgres.ExecuteAsync("UPDATE tenants SET updated_at = now() WHERE id = $1", id);
        await postgres.ExecuteAsync("DELETE FROM tenants WHERE id = $1", id);

        string role = new NpgsqlConnectionStringBuilder(postgres.OwnerConnectionString).Username!;
        Assert.Equal(
            $"DATABASE {role} null > PENDING_PROVISION, DATABASE {role} PENDING_PROVISION > EXPIRED, "
            + $"DATABASE {role} EXPIRED > DELETED",
            await postgres.ReadAsync<string>(
                """
                SELECT string_agg(concat_ws(' ', actor, actor_name, coalesce(previous, 'null'), '>', outcome), ', '
                    ORDER BY id) FROM audit_events WHERE tenant_id = $1
                """,
                id));
    }

    private Task AddAsync(string outcome) => new AuditTrail(postgres.Functions).EndAsync(
        new AuditActor(ActorKind.Operator, "sub", "name", "POST /x", "192.0.2.0/24"), Guid.Empty, outcome,
        CancellationToken);

    private async Task GivenThreeSealedRowsAsync()
    {
        foreach (string outcome in (string[])["one", "two", "three"])
        {
            await AddAsync(outcome);
        }

        await Chain.SealAsync(CancellationToken);
    }

    private Task<AuditFinding> VerifyAsync(AuditSeal? noted = null) =>
        new AuditVerification(postgres.Owner).VerifyAsync(noted, CancellationToken);

    private async Task<(long, int, string?)> Summary()
    {
        var found = await VerifyAsync();
        return (found.Head.Position, found.Unsealed, found.Problem);
    }

    // As a superuser who has disabled the triggers.
    private async Task TamperAsync(string sql)
    {
        await using var superuser = NpgsqlDataSource.Create(postgres.SuperuserConnectionString);
        await using var command = superuser.CreateCommand(
            $"""
            ALTER TABLE audit_events DISABLE TRIGGER audit_refuse_change;
            ALTER TABLE audit_seals DISABLE TRIGGER audit_refuse_change;
            {sql};
            ALTER TABLE audit_events ENABLE ALWAYS TRIGGER audit_refuse_change;
            ALTER TABLE audit_seals ENABLE ALWAYS TRIGGER audit_refuse_change;
            """);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }
}
