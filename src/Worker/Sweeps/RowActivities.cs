using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>The activities of the sweep that need only the control database and Temporal.</summary>
public sealed partial class RowActivities(
    AttemptRepair attempts, WelcomeMailRepair welcomeMails, ExpiredRows rows, FailedTenants failed,
    SweepOptions options, WorkerMetrics metrics, ILogger<RowActivities> logger)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    /// <summary>Starts a run for attempts and welcome mails that have none.</summary>
    /// <returns>The number of started runs.</returns>
    [Activity("SettleAttempts")]
    public async Task<int> RepairAttemptsAsync()
    {
        int repaired = await attempts.ExecuteAsync(CancellationToken)
            + await welcomeMails.ExecuteAsync(CancellationToken);
        metrics.SweepFound("attempt", type: null, repaired);
        return repaired;
    }

    /// <summary>Expires overdue tenants, invitations and sealed passwords, and releases failed tenants.</summary>
    /// <returns>The total number of them.</returns>
    [Activity("ExpireRows")]
    public async Task<int> ExpireAsync()
    {
        int passwords = await rows.EraseSealedPasswordsAsync(CancellationToken);
        int tenants = await rows.ExpireTenantsAsync(CancellationToken);
        int invitations = await rows.DeleteInvitationsAsync(options.ContactRetention, CancellationToken);
        int released = await failed.ReleaseAsync(CancellationToken);
        if (passwords + tenants + invitations + released > 0)
        {
            LogExpired(tenants, invitations, passwords, released);
        }

        return passwords + tenants + invitations + released;
    }

    [LoggerMessage(EventId = 603, Level = LogLevel.Information,
        Message = "Expired: {Tenants} tenants, {Invitations} invitations, {Passwords} sealed passwords; "
            + "released: {Released} tenants")]
    private partial void LogExpired(int tenants, int invitations, int passwords, int released);
}
