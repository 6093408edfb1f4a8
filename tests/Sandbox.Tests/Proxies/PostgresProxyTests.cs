using System.Net;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;
using Sandbox.Control;
using Testing;

namespace Sandbox.Tests.Proxies;

/// <summary>
/// The proxy in front of PostgreSQL passes statements unchanged, and applies faults by a statement's text.
/// </summary>
public sealed class PostgresProxyTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    private readonly string name = SandboxFixture.UniqueKey();
    private readonly Guid id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Statements_copies_and_large_answers_pass()
    {
        await using var connection = await proxy.DataSource.OpenConnectionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY things (id, name, number) FROM STDIN (FORMAT BINARY)"))
        {
            for (var number = 0; number < 5000; number++)
                await copy.WriteRowAsync(default, id, name, number);
            await copy.CompleteAsync();
        }

        // Npgsql prepares the statement after two executions.
        for (var round = 0; round < 3; round++)
        {
            await using var read = new NpgsqlCommand(
                "SELECT number, repeat('x', 1000) FROM things WHERE name = $1 ORDER BY number", connection);
            read.Parameters.Add(new NpgsqlParameter { Value = name });
            await using var reader = await read.ExecuteReaderAsync();
            for (var number = 0; number < 5000; number++)
            {
                Assert.True(await reader.ReadAsync());
                Assert.Equal((number, 1000), (reader.GetInt32(0), reader.GetString(1).Length));
            }
        }

        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("DELETE FROM things WHERE false"), new("SELECT 1/0") },
        };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.DivisionByZero, refused.SqlState);
        Assert.Equal(5000, await CountAsync());
    }

    [Fact]
    public async Task A_long_running_statement_can_be_cancelled()
    {
        await using var command = proxy.DataSource.CreateCommand("SELECT pg_sleep(100)");
        command.CommandTimeout = 1;

        var cancelled = await Assert.ThrowsAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync());

        Assert.IsType<TimeoutException>(cancelled.InnerException);
        Assert.Equal(0, await proxy.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(100)' AND state = 'active'"));
    }

    [Fact]
    public async Task A_refused_connection_gets_the_servers_own_error()
    {
        var wrong = proxy.ThroughProxy(new NpgsqlConnectionStringBuilder(proxy.Postgres.OwnerConnectionString));
        wrong.Database = name;
        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refused.SqlState);
    }

    [Fact]
    public async Task A_reset_prevents_the_statement()
    {
        await using var fault = await SetFaultAsync(FaultKind.Reset);
        await Assert.ThrowsAsync<NpgsqlException>(InsertAsync);
        Assert.Equal(0, await CountAsync());

        await InsertAsync();
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_parameter_identifies_a_statement_whether_prepared_or_not()
    {
        for (var round = 0; round < 3; round++)
            await InsertAsync();
        await using var byId = await proxy.Control.SetFaultAsync(
            new FaultRule { System = "postgres", BodyContains = $"{id:D}", Kind = FaultKind.Reset });
        await Assert.ThrowsAsync<NpgsqlException>(InsertAsync);
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task A_row_exists_after_the_answer_to_its_insert_is_lost()
    {
        await using var fault = await SetFaultAsync(FaultKind.LoseAnswer);

        await Assert.ThrowsAsync<NpgsqlException>(InsertAsync);

        Assert.Equal(1, await CountAsync());
        var call = await JournaledAsync(fault);
        Assert.Equal(("INSERT", 200, true, false), (call.Method, call.Status, call.Effect, call.Answered));
    }

    [Fact]
    public async Task In_a_transaction_the_answer_of_the_commit_is_lost()
    {
        await using var fault = await SetFaultAsync(FaultKind.LoseAnswer);

        await Assert.ThrowsAsync<NpgsqlException>(InsertTwiceAsync);

        Assert.Equal(2, await CountAsync());
        Assert.Equal(("COMMIT", true), ((await JournaledAsync(fault)).Method, (await JournaledAsync(fault)).Effect));
    }

    [Fact]
    public async Task The_journal_shows_statements_without_their_values()
    {
        await using var fault = await proxy.Control.SetFaultAsync(
            new FaultRule { System = "postgres", Method = "COMMIT", BodyContains = name, Kind = FaultKind.LoseAnswer });
        await using var connection = await proxy.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertAsync(connection, CancellationToken.None);
        await using var update = new NpgsqlCommand(
            """
            UPDATE "things" -- it's a comment
            SET number = 12.5, name = 'it''s 7' || E'\'8' || $$9'$$ WHERE name = 'x'
            """,
            connection);
        await update.ExecuteNonQueryAsync();

        await Assert.ThrowsAsync<NpgsqlException>(() => transaction.CommitAsync());

        Assert.EndsWith(
            "INSERT INTO things (id, name) VALUES ($1, $2); "
            + """UPDATE "things" SET number = ?, name = ? || ? || ? WHERE name = ?; COMMIT""",
            (await JournaledAsync(fault)).Query,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_is_distinguished_from_others_with_the_same_command()
    {
        await using var update = await proxy.Control.SetFaultAsync(new FaultRule
        {
            System = "postgres",
            Query = "INSERT INTO things (id, number)*",
            BodyContains = name,
            Kind = FaultKind.Reset,
        });
        await InsertAsync();
        Assert.Equal(0, await update.GetHitsAsync());
        await using var insert = await proxy.Control.SetFaultAsync(new FaultRule
        {
            System = "postgres",
            Method = "COMMIT",
            Query = "*INSERT INTO things (id, name)*",
            BodyContains = name,
            Kind = FaultKind.Reset,
        });

        await Assert.ThrowsAsync<NpgsqlException>(InsertTwiceAsync);

        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_reset_prevents_the_commit()
    {
        await using var fault = await proxy.Control.SetFaultAsync(
            new FaultRule { System = "postgres", Method = "COMMIT", BodyContains = name, Kind = FaultKind.Reset });

        await Assert.ThrowsAsync<NpgsqlException>(InsertTwiceAsync);

        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData(FaultKind.Delay)]
    [InlineData(FaultKind.Hang)]
    public async Task A_held_statement_has_no_effect_after_its_caller_disconnects(FaultKind kind)
    {
        await using var fault = await SetFaultAsync(kind);
        await CallAndDisconnectAsync(fault);

        var call = await JournaledAsync(fault);
        await fault.ReleaseAsync();

        Assert.Equal((null, false, false), (call.Status, call.Effect, call.Answered));
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData(FaultKind.Delay)]
    [InlineData(FaultKind.LateEffect)]
    public async Task A_held_statement_continues_when_it_is_released(FaultKind kind)
    {
        await using var fault = await SetFaultAsync(kind);
        var insert = InsertAsync();
        await fault.WaitForHitsAsync();
        Assert.Equal(0, await CountAsync());

        await fault.ReleaseAsync();

        await insert;
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task The_answer_of_a_commit_can_be_held_until_it_is_released()
    {
        await using var fault = await SetFaultAsync(FaultKind.HoldAnswer);
        var insert = InsertTwiceAsync();
        await fault.WaitForHitsAsync();
        Assert.Equal(2, await CountAsync());
        Assert.False(insert.IsCompleted);

        await fault.ReleaseAsync();

        await insert;
        var call = await JournaledAsync(fault);
        Assert.Equal(("COMMIT", 200, true, true), (call.Method, call.Status, call.Effect, call.Answered));
    }

    [Theory]
    [InlineData(FaultKind.LateEffect)]
    [InlineData(FaultKind.AfterCallerLeft)]
    public async Task A_commit_takes_effect_after_its_caller_disconnects(FaultKind kind)
    {
        await using var fault = await SetFaultAsync(kind);
        using var cancellation = new CancellationTokenSource();
        var inserting = InsertTwiceAsync(cancellation.Token);
        await fault.WaitForHitsAsync();
        Assert.Equal(0, await CountAsync());
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => inserting);

        await fault.ReleaseAsync();

        var call = await JournaledAsync(fault);
        Assert.Equal((200, true, false), (call.Status, call.Effect, call.Answered));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_session_that_the_server_ends_also_ends_for_the_caller()
    {
        await using var connection = await proxy.DataSource.OpenConnectionAsync();
        await proxy.Postgres.ExecuteAsync("SELECT pg_terminate_backend($1)", connection.ProcessID);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_client_with_another_protocol_is_reset()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(proxy.Sandbox.Postgres!));
        await client.GetStream().WriteAsync(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 });
        var reset = await Assert.ThrowsAsync<IOException>(() => client.GetStream().ReadAsync(new byte[1]).AsTask());
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset.InnerException).SocketErrorCode);
    }

    [Theory]
    [InlineData("53100")]
    [InlineData("42501")]
    public async Task An_error_of_the_server_replaces_the_statement(string sqlState)
    {
        await using var fault = await proxy.Control.SetFaultAsync(
            new FaultRule { System = "postgres", BodyContains = name, SqlState = sqlState });
        var refused = await Assert.ThrowsAsync<PostgresException>(InsertTwiceAsync);
        Assert.Equal(sqlState, refused.SqlState);
        Assert.Equal((500, false, true), await OutcomeAsync());
        Assert.Equal(0, await CountAsync());

        await InsertTwiceAsync();
        Assert.Equal(2, await CountAsync());

        async Task<(int?, bool, bool)> OutcomeAsync()
        {
            var call = await JournaledAsync(fault);
            return (call.Status, call.Effect, call.Answered);
        }
    }

    [Theory]
    [InlineData("""{"system":"postgres","kind":"answer"}""", "kind: answer")]
    [InlineData("""{"system":"s3","kind":"answer","sqlState":"53100"}""", "sqlState")]
    [InlineData("""{"system":"postgres","kind":"reset","sqlState":"53100"}""", "sqlState")]
    [InlineData("""{"system":"postgres","kind":"answer","sqlState":"00000"}""", "sqlState: '00000'")]
    [InlineData("""{"system":"postgres","kind":"reset","query":""}""", "query")]
    public async Task An_invalid_fault_for_postgres_is_refused(string rule, string expected)
    {
        using var http = new HttpClient { BaseAddress = proxy.Sandbox.Novu };
        using var answer = await http.PostAsync("/_sandbox/faults", new StringContent(rule));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<SandboxFault> SetFaultAsync(FaultKind kind) => proxy.Control.SetFaultAsync(
        new FaultRule { System = "postgres", BodyContains = name, Kind = kind });

    private Task InsertAsync() => InsertAsync(CancellationToken.None);

    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        await using var connection = await proxy.DataSource.OpenConnectionAsync(cancellationToken);
        await InsertAsync(connection, cancellationToken);
    }

    private Task InsertTwiceAsync() => InsertTwiceAsync(CancellationToken.None);

    private async Task InsertTwiceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await proxy.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await InsertAsync(connection, cancellationToken);
        await InsertAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task InsertAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("INSERT INTO things (id, name) VALUES ($1, $2)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CallAndDisconnectAsync(SandboxFault fault)
    {
        using var cancellation = new CancellationTokenSource();
        var call = InsertAsync(cancellation.Token);
        await fault.WaitForHitsAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => call);
    }

    // Queries the server directly, not through the proxy.
    private Task<long> CountAsync() =>
        proxy.Postgres.ReadAsync<long>("SELECT count(*) FROM things WHERE name = $1", name);

    private Task<JournalEntry> JournaledAsync(SandboxFault fault) => AssertMore.EventuallyAsync(
        async () => (await proxy.Control.GetCallsAsync()).Last(call => call.Fault == fault.Id),
        call => call.Fault is not null);
}
