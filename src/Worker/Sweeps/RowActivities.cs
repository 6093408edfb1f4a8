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
        var errors = new ErrorCollector();
        int repaired = 0;
        await errors.TryAsync(
            "attempts", async () => repaired += await attempts.ExecuteAsync(errors, CancellationToken),
            CancellationToken);
        await errors.TryAsync(
            "welcome mails", async () => repaired += await welcomeMails.ExecuteAsync(errors, CancellationToken),
            CancellationToken);
        metrics.SweepFound("attempt", type: null, repaired);
        errors.ThrowIfFailed();
        return repaired;
    }

    /// <summary>Expires overdue tenants, invitations and sealed passwords, and releases failed tenants.</summary>
    /// <returns>The total number of them.</returns>
    [Activity("ExpireRows")]
    public async Task<int> ExpireAsync()
    {
        var errors = new ErrorCollector();
        int passwords = 0, tenants = 0, invitations = 0, answers = 0, released = 0;
        await errors.TryAsync(
            "sealed passwords", async () => passwords = await rows.EraseSealedPasswordsAsync(CancellationToken),
            CancellationToken);
        await errors.TryAsync(
            "tenants", async () => tenants = await rows.ExpireTenantsAsync(CancellationToken), CancellationToken);
        await errors.TryAsync(
            "invitations",
            async () => invitations = await rows.DeleteInvitationsAsync(options.ContactRetention, CancellationToken),
            CancellationToken);
        await errors.TryAsync(
            "idempotent answers", async () => answers = await rows.DeleteIdempotentAnswersAsync(CancellationToken),
            CancellationToken);
        await errors.TryAsync(
            "failed tenants", async () => released = await failed.ReleaseAsync(errors, CancellationToken),
            CancellationToken);
        if (passwords + tenants + invitations + answers + released > 0)
        {
            LogExpired(tenants, invitations, passwords, answers, released);
        }

        errors.ThrowIfFailed();
        return passwords + tenants + invitations + answers + released;
    }

    [LoggerMessage(EventId = 603, Level = LogLevel.Information,
        Message = "Expired: {Tenants} tenants, {Invitations} invitations, {Passwords} sealed passwords, "
            + "{Answers} answers of idempotency keys; released: {Released} tenants")]
    private partial void LogExpired(int tenants, int invitations, int passwords, int answers, int released);
}
