using Npgsql;
using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>
/// What PostgreSQL itself writes down of each schema that is created, in the transaction that creates it.
/// </summary>
public sealed class MadeSchemas : IAsyncDisposable
{
    private readonly NpgsqlDataSource database;
    private readonly string name;

    private MadeSchemas(Instance instance, string key)
    {
        name = $"made_{key}";
        database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={instance.Secret("DEV_DB_SUPERUSER_PASSWORD")}");
    }

    public static async Task<MadeSchemas> WatchAsync(Instance instance, string key)
    {
        var made = new MadeSchemas(instance, key);
        await made.ExecuteAsync(
            $"""
            CREATE SCHEMA {made.name};
            CREATE TABLE {made.name}.schemas (name text);
            CREATE FUNCTION {made.name}.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN
                    INSERT INTO {made.name}.schemas SELECT object_identity FROM pg_event_trigger_ddl_commands();
                END $$;
            CREATE EVENT TRIGGER {made.name} ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA')
                EXECUTE FUNCTION {made.name}.note();
            """);
        return made;
    }

    public async Task<List<string>> ListAsync()
    {
        await using var command = database.CreateCommand($"SELECT name FROM {name}.schemas");
        await using var reader = await command.ExecuteReaderAsync();
        var schemas = new List<string>();
        while (await reader.ReadAsync())
        {
            schemas.Add(reader.GetString(0));
        }

        return schemas;
    }

    public async ValueTask DisposeAsync()
    {
        await ExecuteAsync($"DROP EVENT TRIGGER {name}; DROP SCHEMA {name} CASCADE");
        await database.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
