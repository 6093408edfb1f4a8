using Npgsql;
using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>
/// A log of created schemas, written by an event trigger of PostgreSQL in the transaction that creates the schema.
/// The schema of the locks is no tenant's: the first provisioning of a new database creates it, whichever test that is.
/// </summary>
public sealed class SchemaCreationLog : IAsyncDisposable
{
    private readonly NpgsqlDataSource database;
    private readonly string name;

    private SchemaCreationLog(Instance instance, string key)
    {
        name = $"made_{key}";
        database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;Username=postgres;"
            + $"Password={instance.Secret("DEV_DB_SUPERUSER_PASSWORD")}");
    }

    public static async Task<SchemaCreationLog> StartAsync(Instance instance, string key)
    {
        var log = new SchemaCreationLog(instance, key);
        await log.ExecuteAsync(
            $"""
            CREATE SCHEMA {log.name};
            CREATE TABLE {log.name}.schemas (name text);
            CREATE FUNCTION {log.name}.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN
                    INSERT INTO {log.name}.schemas SELECT object_identity FROM pg_event_trigger_ddl_commands()
                        WHERE object_identity NOT LIKE 'arc_saas_locks_%';
                END $$;
            CREATE EVENT TRIGGER {log.name} ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA')
                EXECUTE FUNCTION {log.name}.note();
            """);
        return log;
    }

    public async Task<List<string>> ReadAsync()
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
