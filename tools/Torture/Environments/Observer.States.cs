namespace Torture.Environments;

internal sealed partial class Observer
{
    /// <summary>
    /// Makes PostgreSQL read-only, or writable again. Ends the worker's sessions first, as a failover does.
    /// </summary>
    public async Task SetReadOnlyAsync(bool isReadOnly, CancellationToken cancellationToken)
    {
        // It must be the only statement of its transaction; a read-only one allows it.
        await ExecuteAsync(
            $"ALTER SYSTEM SET default_transaction_read_only = {(isReadOnly ? "on" : "off")}", cancellationToken);
        await ExecuteAsync("SELECT pg_reload_conf()", cancellationToken);
        if (isReadOnly)
        {
            await EndWorkerSessionsAsync(cancellationToken);
        }
    }

    /// <summary>Gives the worker's role another password, and ends its sessions; or gives its own again.</summary>
    public async Task RotatePasswordAsync(bool isRotated, CancellationToken cancellationToken)
    {
        string password = instance.Secret("DEV_DB_WORKER_PASSWORD") + (isRotated ? "-rotated" : "");
        await ExecuteAsync($"ALTER ROLE control_plane_worker PASSWORD '{password}'", cancellationToken);
        if (isRotated)
        {
            await EndWorkerSessionsAsync(cancellationToken);
        }
    }

    private Task EndWorkerSessionsAsync(CancellationToken cancellationToken) => ExecuteAsync(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'control_plane_worker'",
        cancellationToken);
}
