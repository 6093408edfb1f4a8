using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;
using Worker.Steps;

namespace Worker.Sweeps;

/// <summary>
/// Sends the welcome mail of ACTIVE tenants whose run ended without it (terminated, lost). Such a tenant is live, and
/// its admin user still waits for the invitation.
/// </summary>
public sealed partial class WelcomeMailRepair(
    NpgsqlDataSource database, ProvisioningRuns runs, ProvisioningJournal journal, RenewInvitation invitations,
    TimeProvider time, ILogger<WelcomeMailRepair> logger)
{
    /// <summary>The name of the list, and of its count in the progress.</summary>
    public const string List = "welcome mails";

    /// <summary>Starts the mail of every such tenant.</summary>
    public Task ExecuteAsync(SweepProgress progress, CancellationToken cancellationToken) => PagedRepair.RunAsync(
        progress,
        List,
        after => ListAsync(after, cancellationToken),
        welcome => welcome.TenantId,
        welcome => $"tenant {welcome.TenantId:D}",
        welcome => RepairAsync(welcome.TenantId, welcome.Attempt, cancellationToken),
        cancellationToken);

    private async Task<bool> RepairAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await runs.FindOpenAsync(tenantId, attempt, cancellationToken) is not null)
            {
                return false;
            }

            // Parked first: after a crash at this point the step is visible, and an operator can retry it.
            await journal.StepParkedAsync(tenantId, attempt, SendNotification.Id, cancellationToken);
            await invitations.ExecuteAsync(tenantId, cancellationToken);
            LogSent(tenantId, attempt);
            return true;
        }
        catch (ControlPlaneException e)
        {
            // It cannot be repaired now: the other tenants are independent of it.
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
            after, time.GetUtcNow() - PagedRepair.MinAge, PagedRepair.PageSize, SendNotification.Id).ReadAllAsync(
                row => (row.Id("id"), row.Number("attempt")), cancellationToken);

    [LoggerMessage(EventId = 609, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: the run of attempt {Attempt} ended without the welcome mail; "
            + "started the mail")]
    private partial void LogSent(Guid tenantId, int attempt);

    [LoggerMessage(EventId = 610, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: the welcome mail of attempt {Attempt} could not be started: {Code}")]
    private partial void LogNotSent(Guid tenantId, int attempt, ErrorCode code);
}
