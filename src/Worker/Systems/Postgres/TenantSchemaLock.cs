using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>
/// Serializes the transactions for one tenant's schema, for instance of a worker that was suspended and resumes. The
/// lock is in the control database: in the tenants' own database each tenant's role could take it first, and stall the
/// provisioning of another tenant.
/// </summary>
public sealed class TenantSchemaLock : IAsyncDisposable
{
    private const int TimeoutSeconds = 20;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private TenantSchemaLock(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        this.connection = connection;
        this.transaction = transaction;
    }

    /// <summary>Waits for the lock; disposing the result releases it.</summary>
    public static async Task<TenantSchemaLock> AcquireAsync(
        NpgsqlDataSource control, string name, CancellationToken cancellationToken)
    {
        var connection = await control.OpenConnectionAsync(cancellationToken);
        try
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var command = connection.Command(
                "SELECT pg_advisory_xact_lock(hashtextextended('arc-saas schema ' || $1, 0))", name);
            command.CommandTimeout = TimeoutSeconds;
            await command.ExecuteAsync(cancellationToken);
            return new TenantSchemaLock(connection, transaction);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws if the connection, and thus the lock, is lost: the caller must not commit then.</summary>
    public Task RequireHeldAsync(CancellationToken cancellationToken) =>
        connection.Command("SELECT 1").ExecuteAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
