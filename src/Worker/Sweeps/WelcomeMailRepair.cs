using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;
using Worker.Steps;

namespace Worker.Sweeps;

/// <summary>
/// Sends the welcome mail of tenants that are ACTIVE and whose run ended before it was sent (terminated, lost): nothing
/// is rolled back any more, and their administrators wait.
/// </summary>
public sealed partial class WelcomeMailRepair(
    NpgsqlDataSource database, ProvisioningRuns runs, ProvisioningJournal journal, RenewInvitation invitations,
    TimeProvider time, ILogger<WelcomeMailRepair> logger)
{
    private const int Batch = 100;

    /// <summary>The run of a tenant that has just become ACTIVE is still at it.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(2);

    /// <returns>How many mails are on their way now.</returns>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        int settled = 0;
        List<(Guid TenantId, int Attempt)> batch = [];
        do
        {
            batch = await ListAsync(batch.LastOrDefault().TenantId, cancellationToken);
            foreach (var (tenantId, attempt) in batch)
            {
                settled += await SettleAsync(tenantId, attempt, cancellationToken) ? 1 : 0;
            }
        }
        while (batch.Count == Batch);
        return settled;
    }

    private async Task<bool> SettleAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await runs.FindOpenAsync(tenantId, attempt, cancellationToken) is not null)
            {
                return false;
            }

            // Parked first: were this process to end here, the step is visible as one that an operator goes on with.
            await journal.StepParkedAsync(tenantId, attempt, SendNotification.Id, cancellationToken);
            await invitations.ExecuteAsync(tenantId, cancellationToken);
            LogSent(tenantId, attempt);
            return true;
        }
        catch (ControlPlaneException e)
        {
            // It cannot be settled now: it is no reason to leave the others.
            LogNotSent(tenantId, attempt, e.Code);
            return false;
        }
    }

    private Task<List<(Guid TenantId, int Attempt)>> ListAsync(Guid after, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT t.id, s.attempt FROM tenants t
            JOIN provisioning_steps s ON s.tenant_id = t.id AND s.attempt = t.attempt AND s.step = $4
            WHERE t.id > $1 AND t.status = 'ACTIVE' AND s.state IN ('PENDING', 'RUNNING', 'WAITING')
                AND t.updated_at <= $2
            ORDER BY t.id LIMIT $3
            """,
            after, time.GetUtcNow() - MinAge, Batch, SendNotification.Id).ReadAllAsync(
                row => (row.Id("id"), row.Number("attempt")), cancellationToken);

    [LoggerMessage(EventId = 609, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: the run of attempt {Attempt} ended before the welcome mail; "
            + "it is on its way now")]
    private partial void LogSent(Guid tenantId, int attempt);

    [LoggerMessage(EventId = 610, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: the welcome mail of attempt {Attempt} could not be sent on its way: {Code}")]
    private partial void LogNotSent(Guid tenantId, int attempt, ErrorCode code);
}
