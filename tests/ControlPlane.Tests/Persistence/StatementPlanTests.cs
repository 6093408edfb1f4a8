using System.Text.RegularExpressions;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;
using Worker.Audit;
using Worker.Hosting;

namespace ControlPlane.Tests.Persistence;

/// <summary>
/// No statement of control plane and worker reads a whole table that grows with the tenants. The statements are the
/// string literals of the compiled code, so a new one cannot be forgotten.
/// </summary>
[Collection(nameof(FullDatabase))]
public sealed partial class StatementPlanTests(FullDatabase database)
{
    /// <summary>The tables that stay small, with the reason.</summary>
    private static readonly Dictionary<string, string> Small = new()
    {
        ["audit_unsealed"] = "a queue that the worker empties every ten seconds",
        ["orphans"] = "an operator removes each",
        ["schema_migrations"] = "one row for each migration",
        ["sealed_passwords"] = "live five minutes",
        ["sealing_keys"] = "one for each key",
        ["sweep_deletions"] = "live a day, of a few deletions in each sweep",
    };

    /// <summary>Literals that code completes, with the test that explains the results.</summary>
    private static readonly Dictionary<string, string> Composed = new()
    {
        [TenantRepository.Select] = "TenantListPlanTests",
    };

    /// <summary>The types whose statements read a whole table, with the reason.</summary>
    private static readonly Dictionary<string, string> Whole = new()
    {
        [nameof(AuditVerification)] = "an operator's command, which walks the whole chain",
    };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_statement_finds_its_rows_by_an_index()
    {
        var statements = Statements();
        var refused = new List<string>();
        await using var connection = await database.Postgres.Owner.OpenConnectionAsync(CancellationToken);
        foreach (string sql in statements)
        {
            foreach (string id in (string[])["00000000-0000-0000-0000-000000000000", database.SomeId])
            {
                string plan = await ExplainAsync(connection, sql, id);
                refused.AddRange(SequentialScan().Matches(plan).Select(scan => scan.Groups["table"].Value)
                    .Where(table => !Small.ContainsKey(table))
                    .Select(table => $"{table}: {sql}\n{plan}"));
            }
        }

        Assert.True(statements.Count > 100, $"only {statements.Count} statements were found");
        Assert.True(refused.Count == 0, string.Join("\n\n", refused));
    }

    [Fact]
    public async Task A_statement_that_reads_a_whole_table_is_refused_by_this_test()
    {
        await using var connection = await database.Postgres.Owner.OpenConnectionAsync(CancellationToken);

        string plan = await ExplainAsync(connection, "SELECT id FROM tenants WHERE name = $1", database.SomeId);

        Assert.Equal("tenants", SequentialScan().Match(plan).Groups["table"].Value);
    }

    private static List<string> Statements() =>
    [
        .. SqlLiterals.In(typeof(NpgsqlExtensions).Assembly)
            .Concat(SqlLiterals.In(typeof(WorkerHost).Assembly))
            // The databases of tenants and of Terraform's states have no table of ours; migrations run once.
            .Where(literal => literal.Type.Namespace is not ("Worker.Systems.Postgres" or "Worker.Commands.Migrate"))
            .Where(literal => OutermostOf(literal.Type).Name is not ("TenantStates" or "TerraformDoctorChecks"))
            .Where(literal => !Whole.ContainsKey((literal.Type.DeclaringType ?? literal.Type).Name))
            .Select(literal => literal.Sql)
            .Where(sql => !Composed.ContainsKey(sql))
            .Distinct(),
    ];

    private static Type OutermostOf(Type type) => type.DeclaringType is { } outer ? OutermostOf(outer) : type;

    /// <summary>Explains a statement with values of the types that it needs, planned for these values.</summary>
    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql, string id)
    {
        try
        {
            await connection.Command($"PREPARE explained AS {sql}").ExecuteAsync(CancellationToken);
        }
        catch (PostgresException e)
        {
            throw new InvalidOperationException(
                $"'{sql}' is no complete statement ({e.MessageText}): write it whole, or add it to Composed with a "
                + "test of its own.",
                e);
        }

        var types = (await connection.Command(
            "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'explained'")
            .ReadAllAsync(row => row.GetFieldValue<string[]>(0), CancellationToken)).Single();
        string values = types.Length == 0 ? "" : $"({string.Join(", ", types.Select(type => ValueOf(type, id)))})";
        var plan = await connection.Command($"EXPLAIN EXECUTE explained {values}")
            .ReadAllAsync(row => row.GetString(0), CancellationToken);
        await connection.Command("DEALLOCATE explained").ExecuteAsync(CancellationToken);
        return string.Join('\n', plan);
    }

    private static string ValueOf(string type, string id) => type switch
    {
        "uuid" => $"'{id}'",
        "uuid[]" => $"ARRAY['{id}']::uuid[]",
        "timestamp with time zone" => "'2025-11-01 00:00:00Z'",
        "integer" or "smallint" => "1",
        "integer[]" or "bigint[]" => "ARRAY[1]",
        "bytea[]" => "ARRAY[''::bytea]",
        "bigint" => "100",   // a limit
        "boolean" => "true",
        "boolean[]" => "ARRAY[true]",
        "bytea" => "''",
        "text" => "'send-notification'",
        "text[]" => "ARRAY['x']",
        "jsonb" => "'{}'",
        _ => throw new InvalidOperationException($"no value of type {type}"),
    };

    [GeneratedRegex(@"Seq Scan on (?<table>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex SequentialScan();
}
