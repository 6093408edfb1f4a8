using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// Starts a run for attempts in progress that have none: the saga for an attempt that was never started, the rollback
/// for one whose run was terminated or lost.
/// </summary>
public sealed partial class AttemptRepair(
    NpgsqlDataSource database, ProvisioningRuns runs, ProvisioningAttempts attempts, ResumeRollback rollbacks,
    TimeProvider time, ILogger<AttemptRepair> logger)
{
    /// <summary>The name of the list, and of its count in the progress.</summary>
    public const string List = "attempts";

    /// <summary>
    /// The age from which an attempt that Temporal does not know is only reported. It is the shortest retention period
    /// of Temporal Cloud: the run may have completed and been deleted since.
    /// </summary>
    private static readonly TimeSpan MaxUnknownAge = TimeSpan.FromDays(1);

    /// <summary>Repairs every attempt in progress that has no run.</summary>
    public Task ExecuteAsync(SweepProgress progress, CancellationToken cancellationToken) => PagedRepair.RunAsync(
        progress,
        List,
        after => ListAsync(after, cancellationToken),
        attempt => attempt.TenantId,
        attempt => $"tenant {attempt.TenantId:D}",
        attempt => RepairAsync(attempt, cancellationToken),
        cancellationToken);

    private async Task<bool> RepairAsync(OpenAttempt open, CancellationToken cancellationToken)
    {
        var (tenantId, attempt, state, recordedAt) = open;
        try
        {
            if (await runs.FindOpenAsync(tenantId, attempt, cancellationToken) is not null)
            {
                return false;
            }

            if (state != ProvisioningAttempt.RollingBack
                && await runs.HasCompletedAsync(tenantId, attempt, cancellationToken))
            {
                // Read again, since the run may have ended after the list was read.
                if (await attempts.FindAsync(tenantId, attempt, cancellationToken) is { IsOpen: true })
                {
                    LogContradiction(tenantId, attempt, state);
                }

                return false;
            }

            if (state == ProvisioningAttempt.Running && time.GetUtcNow() - recordedAt >= MaxUnknownAge
                && !await runs.HasAnyAsync(tenantId, cancellationToken))
            {
                LogUnknown(tenantId, attempt, recordedAt);
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
            // Another process has repaired it, or it cannot be repaired now: the other attempts are independent of it.
            LogNotRepaired(tenantId, attempt, e.Code);
            return false;
        }
    }

    private Task<List<OpenAttempt>> ListAsync(Guid after, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT t.id, a.attempt, a.state, a.recorded_at FROM tenants t
            JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt
            WHERE t.id > $1 AND a.state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK') AND t.updated_at <= $2
            ORDER BY t.id LIMIT $3
            """,
            after, time.GetUtcNow() - PagedRepair.MinAge, PagedRepair.PageSize).ReadAllAsync(
                row => new OpenAttempt(
                    row.Id("id"), row.Number("attempt"), row.Text("state"), row.Time("recorded_at")),
                cancellationToken);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: attempt {Attempt} was recorded and never started; started run {RunId}")]
    private partial void LogStarted(Guid tenantId, int attempt, string runId);

    [LoggerMessage(EventId = 607, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: attempt {Attempt} had no running workflow; run {RunId} rolls it back")]
    private partial void LogRolledBack(Guid tenantId, int attempt, string? runId);

    // Alerts match the first word of these lines.
    [LoggerMessage(EventId = 608, Level = LogLevel.Critical,
        Message = "SWEEP_CONTRADICTION tenant {TenantId}: the run of attempt {Attempt} is Completed, but the database "
            + "has the attempt as {State}: was an older database restored? Nothing was changed.")]
    private partial void LogContradiction(Guid tenantId, int attempt, string state);

    [LoggerMessage(EventId = 613, Level = LogLevel.Critical,
        Message = "SWEEP_CONTRADICTION tenant {TenantId}: attempt {Attempt} is RUNNING since {RecordedAt:u}, and "
            + "Temporal knows no run of the tenant: was an older database restored? Nothing was changed.")]
    private partial void LogUnknown(Guid tenantId, int attempt, DateTimeOffset recordedAt);

    [LoggerMessage(EventId = 606, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: attempt {Attempt} has no run and could not be repaired: {Code}")]
    private partial void LogNotRepaired(Guid tenantId, int attempt, ErrorCode code);

    private sealed record OpenAttempt(Guid TenantId, int Attempt, string State, DateTimeOffset RecordedAt);
}
