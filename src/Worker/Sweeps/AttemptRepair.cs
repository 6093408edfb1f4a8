using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// Gives attempts that no run looks after the run they need: one that was never started its saga, one whose run was
/// terminated or lost its rollback.
/// </summary>
public sealed partial class AttemptRepair(
    NpgsqlDataSource database, ProvisioningRuns runs, ProvisioningAttempts attempts, ResumeRollback rollbacks,
    TimeProvider time, ILogger<AttemptRepair> logger)
{
    private const int Batch = 100;

    /// <summary>Whoever has just changed the tenant is still about to start or end its run.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(2);

    /// <returns>How many had none.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        int settled = 0;
        List<OpenAttempt> batch = [];
        do
        {
            batch = await ListAsync(batch.LastOrDefault()?.TenantId ?? Guid.Empty, cancellationToken);
            foreach (var attempt in batch)
            {
                settled += await SettleAsync(attempt, cancellationToken) ? 1 : 0;
            }
        }
        while (batch.Count == Batch);
        return settled;
    }

    private async Task<bool> SettleAsync(OpenAttempt open, CancellationToken cancellationToken)
    {
        var (tenantId, attempt, state) = open;
        try
        {
            if (await runs.FindOpenAsync(tenantId, attempt, cancellationToken) is not null)
            {
                return false;
            }

            if (state == ProvisioningAttempt.Running
                && await runs.HasCompletedAsync(tenantId, attempt, cancellationToken))
            {
                // Read again: the run may have come to its end just now.
                if (await attempts.FindAsync(tenantId, attempt, cancellationToken) is { IsOpen: true })
                {
                    LogContradiction(tenantId, attempt);
                }

                return false;
            }

            if (state == ProvisioningAttempt.Recorded)
            {
                string runId = await runs.StartAsync(tenantId, attempt, cancellationToken);
                await attempts.SaveRunAsync(tenantId, attempt, runId, cancellationToken);
                LogStarted(tenantId, attempt, runId);
            }
            else
            {
                var rollback = await rollbacks.ExecuteAsync(tenantId, attempt, cancellationToken);
                LogRolledBack(tenantId, attempt, rollback.RunId);
            }

            return true;
        }
        catch (ControlPlaneException e)
        {
            // Somebody else has settled it, or it cannot be settled now: it is no reason to leave the others.
            LogNotSettled(tenantId, attempt, e.Code);
            return false;
        }
    }

    private Task<List<OpenAttempt>> ListAsync(Guid after, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT t.id, a.attempt, a.state FROM tenants t
            JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt
            WHERE t.id > $1 AND a.state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK') AND t.updated_at <= $2
            ORDER BY t.id LIMIT $3
            """,
            after, time.GetUtcNow() - MinAge, Batch).ReadAllAsync(
                row => new OpenAttempt(row.Id("id"), row.Number("attempt"), row.Text("state")), cancellationToken);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: attempt {Attempt} was recorded and never started; it has run {RunId} now")]
    private partial void LogStarted(Guid tenantId, int attempt, string runId);

    [LoggerMessage(EventId = 607, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: no run was at work on attempt {Attempt}; run {RunId} rolls it back")]
    private partial void LogRolledBack(Guid tenantId, int attempt, string? runId);

    // An alert is set on the first word of this line.
    [LoggerMessage(EventId = 608, Level = LogLevel.Critical,
        Message = "SWEEP_CONTRADICTION tenant {TenantId}: the run of attempt {Attempt} has completed, and this "
            + "database says that it is at work: was an older one restored? Left alone.")]
    private partial void LogContradiction(Guid tenantId, int attempt);

    [LoggerMessage(EventId = 606, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: attempt {Attempt} has no run and was not settled: {Code}")]
    private partial void LogNotSettled(Guid tenantId, int attempt, ErrorCode code);

    private sealed record OpenAttempt(Guid TenantId, int Attempt, string State);
}
