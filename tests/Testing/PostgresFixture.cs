using System.Security.Cryptography;
using ControlPlane.Persistence;
using Npgsql;
using Worker.Commands.Migrate;
using Xunit;

namespace Testing;

/// <summary>
/// A migrated database on the server of <c>TEST_DATABASE_URL</c>, dropped at the end together with its roles.
/// The user in the URL must be a superuser. As in Production, the roles of the tests are not.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Password = "for tests only";

    private readonly string name = $"test_{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
    private NpgsqlDataSource? server;

    /// <summary>Connects as a role that owns the database and can create roles, but is no superuser (worker).</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>Connects as a role that can only read and write rows (functions).</summary>
    public string FunctionsConnectionString { get; private set; } = "";

    /// <summary>Connects as the superuser: for rows that no role of the product could write as fast.</summary>
    public string AdministratorConnectionString { get; private set; } = "";

    /// <summary>The data source of the owner.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    /// <summary>The data source of the functions' role.</summary>
    public NpgsqlDataSource Functions { get; private set; } = null!;

    private string OwnerRole => $"{name}_owner";

    private string FunctionsRole => $"{name}_functions";

    public async ValueTask InitializeAsync()
    {
        string address = ServerConnectionString();
        server = NpgsqlDataSource.Create(address);
        await ExecuteAsync(server, $"CREATE ROLE {OwnerRole} LOGIN CREATEROLE PASSWORD '{Password}'");
        await ExecuteAsync(server, $"CREATE ROLE {FunctionsRole} LOGIN PASSWORD '{Password}'");
        await ExecuteAsync(server, $"CREATE DATABASE {name} OWNER {OwnerRole}");

        OwnerConnectionString = As(address, OwnerRole);
        FunctionsConnectionString = As(address, FunctionsRole);
        AdministratorConnectionString = new NpgsqlConnectionStringBuilder(address) { Database = name }.ConnectionString;
        Owner = NpgsqlDataSource.Create(OwnerConnectionString);
        Functions = NpgsqlDataSource.Create(FunctionsConnectionString);

        var migrator = new Migrator(Owner);
        await migrator.MigrateAsync();
        await migrator.GrantRowsToAsync(FunctionsRole);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null)
        {
            return;
        }

        await Owner.DisposeAsync();
        await Functions.DisposeAsync();
        string[] madeByOwner = await RolesMadeByTestsAsync();
        await ExecuteAsync(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        foreach (string role in (string[])[.. madeByOwner, FunctionsRole, OwnerRole])
        {
            await ExecuteAsync(server, $"DROP ROLE IF EXISTS \"{role}\"");
        }

        await server.DisposeAsync();
    }

    /// <summary>Reads the first column of the first row as the owner.</summary>
    public async Task<T> ReadAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Owner.CreateCommand(sql);
        foreach (object value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync()
            ?? throw new InvalidOperationException($"No row for: {sql}"));
    }

    /// <summary>Executes a statement as the owner and returns the number of affected rows.</summary>
    public async Task<int> ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Owner.CreateCommand(sql);
        foreach (object value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return await command.ExecuteNonQueryAsync();
    }

    // Roles belong to the server and not to the database, so those that the tests have created are dropped separately.
    private async Task<string[]> RolesMadeByTestsAsync()
    {
        await using var inside = NpgsqlDataSource.Create(OwnerConnectionString);
        await using var command = inside.CreateCommand(
            """
            SELECT coalesce(array_agg(DISTINCT r.rolname::text), '{}')
            FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid JOIN pg_roles owner ON owner.oid = m.member
            WHERE owner.rolname = $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = OwnerRole });
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private string As(string address, string role) =>
        new NpgsqlConnectionStringBuilder(address)
        {
            Database = name,
            Username = role,
            Password = Password,
            MaxPoolSize = 20,
            IncludeErrorDetail = true,
        }.ConnectionString;

    private static string ServerConnectionString() =>
        Environment.GetEnvironmentVariable("TEST_DATABASE_URL") is { Length: > 0 } url
            ? DatabaseOptions.Parse("TEST_DATABASE_URL", url)
            : throw new InvalidOperationException(
                "TEST_DATABASE_URL is not set: these tests need a PostgreSQL server. Run them with ./dev test, "
                + "which starts one, or set it to a superuser's postgres://user@host:port/postgres.");

    private static async Task ExecuteAsync(NpgsqlDataSource on, string sql)
    {
        await using var command = on.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
