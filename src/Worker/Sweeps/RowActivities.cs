using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>What the control database and Temporal alone can settle.</summary>
public sealed partial class RowActivities(
    AttemptRepair attempts, WelcomeMailRepair welcomes, ExpiredRows rows, SweepOptions options, WorkerMetrics metrics,
    ILogger<RowActivities> logger)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    /// <returns>How many attempts, or their welcome mails, had no run and have one now.</returns>
    [Activity("SettleAttempts")]
    public async Task<int> SettleAttemptsAsync()
    {
        int settled = await attempts.ExecuteAsync(CancellationToken) + await welcomes.ExecuteAsync(CancellationToken);
        metrics.SweepFound("attempt", type: null, settled);
        return settled;
    }

    /// <returns>How many tenants, invitations and sealed passwords were over their time.</returns>
    [Activity("ExpireRows")]
    public async Task<int> ExpireAsync()
    {
        int passwords = await rows.EraseSealedPasswordsAsync(CancellationToken);
        int tenants = await rows.ExpireTenantsAsync(CancellationToken);
        int invitations = await rows.DeleteInvitationsAsync(options.ContactRetention, CancellationToken);
        if (passwords + tenants + invitations > 0)
        {
            LogExpired(tenants, invitations, passwords);
        }

        return passwords + tenants + invitations;
    }

    [LoggerMessage(EventId = 603, Level = LogLevel.Information,
        Message = "Expired: {Tenants} tenants, {Invitations} invitations, {Passwords} sealed passwords")]
    private partial void LogExpired(int tenants, int invitations, int passwords);
}
