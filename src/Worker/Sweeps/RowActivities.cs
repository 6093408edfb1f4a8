using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>The activities of the sweep that need only the control database and Temporal.</summary>
public sealed partial class RowActivities(
    AttemptRepair attempts, WelcomeMailRepair welcomeMails, ExpiredRows rows, FailedTenants failed,
    SweepOptions options, WorkerMetrics metrics, TimeProvider time, ILogger<RowActivities> logger)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    /// <summary>Starts a run for attempts and welcome mails that have none.</summary>
    /// <returns>The number of started runs.</returns>
    [Activity("SettleAttempts")]
    public async Task<int> RepairAttemptsAsync()
    {
        var progress = await SweepProgress.ResumeAsync(time);
        await progress.Errors.TryAsync(
            AttemptRepair.List, () => attempts.ExecuteAsync(progress, CancellationToken), CancellationToken);
        await progress.Errors.TryAsync(
            WelcomeMailRepair.List, () => welcomeMails.ExecuteAsync(progress, CancellationToken), CancellationToken);
        int repaired = progress[AttemptRepair.List] + progress[WelcomeMailRepair.List];
        metrics.SweepFound("attempt", type: null, repaired);
        progress.Errors.ThrowIfFailed();
        return repaired;
    }

    /// <summary>Deletes or expires the rows whose lifetime is over, and releases failed tenants.</summary>
    /// <returns>The total number of them.</returns>
    [Activity("ExpireRows")]
    public async Task<int> ExpireAsync()
    {
        var progress = await SweepProgress.ResumeAsync(time);
        foreach (var (name, expireAsync) in rows.Lifetimes(options))
        {
            await progress.Errors.TryAsync(
                name, async () => progress.Add(name, await expireAsync(CancellationToken)), CancellationToken);
        }

        await progress.Errors.TryAsync(
            FailedTenants.List, () => failed.ReleaseAsync(progress, CancellationToken), CancellationToken);
        string[] expired =
        [
            .. rows.Lifetimes(options).Select(lifetime => lifetime.Name).Append(FailedTenants.List)
                .Where(name => progress[name] > 0).Select(name => $"{progress[name]} {name}"),
        ];
        if (expired.Length > 0)
        {
            string counts = string.Join(", ", expired);
            LogExpired(counts);
        }

        progress.Errors.ThrowIfFailed();
        return rows.Lifetimes(options).Sum(lifetime => progress[lifetime.Name]) + progress[FailedTenants.List];
    }

    [LoggerMessage(EventId = 603, Level = LogLevel.Information, Message = "Lifetime over: {Rows}")]
    private partial void LogExpired(string rows);
}
