using System.Diagnostics;
using System.Security.Cryptography;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Torture.Environments;

namespace Torture.Running;

/// <summary>The result of one cell.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Failure">The expected and the actual value; null if the cell passed.</param>
/// <param name="Duration">The run time.</param>
/// <param name="RepeatCommand">The command that repeats the cell.</param>
internal sealed record Result(Cell Cell, string? Failure, TimeSpan Duration, string RepeatCommand);

/// <summary>
/// Runs the cells, each on its own tenant: first those that are independent, in parallel; then those with a shared
/// call, one by one; then those that kill a part, in batches. Finally it counts the mails of all cells again.
/// </summary>
internal sealed class Runner(
    TortureEnvironment environment,
    int jobs,
    RepeatCommand repeatCommand,
    Action<Result> report,
    CancellationToken cancellationToken)
{
    // Slow cells mostly wait, so more of them can run in parallel.
    private static readonly int MaxSlowCells = Instance.IsReal ? 5 : 20;

    private readonly List<Job> ended = [];

    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Cell> cells)
    {
        var parallel = cells.Where(cell => cell is { Fault.KilledPart: null, Call.IsShared: false })
            .ToLookup(cell => cell.IsSlow);
        await Task.WhenAll(SideBySideAsync(parallel[true], MaxSlowCells), SideBySideAsync(parallel[false], jobs));
        foreach (var cell in cells.Where(cell => cell.Call.IsShared))
        {
            await RunSharedAsync(cell);
        }

        var batches = Batches.Group(cells).ToList();
        if (batches.Count > 0)
        {
            await environment.UseCrashTimeoutsAsync();
        }

        foreach (var batch in batches)
        {
            await KillAsync(batch);
        }

        return await RecheckMailsAsync();
    }

    // A duplicate mail may arrive late.
    private async Task<IReadOnlyList<Result>> RecheckMailsAsync()
    {
        foreach (var job in ended.Where(job => job.Result.Failure is null))
        {
            await job.TryAsync(MailCheck.RecheckCountsAsync);
            if (job.Result.Failure is not null)
            {
                report(job.Result);
            }
        }

        await environment.CallAudit.ReadAsync(cancellationToken);
        return [.. ended.Select(job => job.Result)];
    }

    private Task SideBySideAsync(IEnumerable<Cell> cells, int maxParallel) => Parallel.ForEachAsync(
        cells,
        new ParallelOptions { MaxDegreeOfParallelism = maxParallel, CancellationToken = cancellationToken },
        async (cell, _) => await RunAsync(cell));

    private async Task RunSharedAsync(Cell cell)
    {
        if (cell.Call.Name == StepCalls.Token)
        {
            // Only a new worker requests a token.
            await environment.CrashAsync("worker");
        }

        await RunAsync(cell);
    }

    private async Task RunAsync(Cell cell)
    {
        var one = new Job(NewRun(cell), repeatCommand.For(cell));
        await one.TryAsync(BeginAsync);
        await FinishAsync(one);
    }

    /// <summary>Holds each cell at its own call, kills and restarts the part, and checks every cell.</summary>
    private async Task KillAsync(List<Cell> batch)
    {
        var all = batch.ConvertAll(cell => new Job(NewRun(cell), repeatCommand.For(batch)));
        foreach (var group in all.GroupBy(job => Batches.HoldsRealmCreation(job.Run.Cell)).OrderBy(group => group.Key))
        {
            await Task.WhenAll(group.Select(job => job.TryAsync(BeginAsync)));
        }

        await Task.WhenAll(all.Where(job => job.Run.Cell.Fault.HoldKind == FaultKind.HoldAnswer)
            .Select(job => job.TryAsync(run => run.HoldAnswerAsync())));
        string part = batch[0].Fault.KilledPart!;
        if (ConnectionState.All.Contains(part))
        {
            await ConnectionState.RunAsync(
                part, environment, () => Task.WhenAll(all.Select(job => job.TryAsync(ReleaseAsync))),
                cancellationToken);
        }
        else
        {
            await (batch[0].SwitchedOffSystem is { } system
                ? environment.SwitchOffAsync(system)
                : environment.CrashAsync(part));
            await Task.WhenAll(all.Select(job => job.TryAsync(ReleaseAsync)));
        }

        await Task.WhenAll(all.Select(FinishAsync));
        await environment.SwitchOnAsync();
    }

    private static async Task BeginAsync(CellRun run)
    {
        await run.Tenant.SignUpAsync(run.CancellationToken);
        await run.Cell.Fault.RunAsync(run);
    }

    // A call held for a killed worker takes effect only if the fault says so. A killed sandbox has lost its faults.
    private static Task ReleaseAsync(CellRun run) => run.Cell.Fault switch
    {
        { KilledPart: "sandbox" } => Task.CompletedTask,
        { KilledPart: "worker", HoldKind: FaultKind.Delay } => run.RemoveFaultsAsync(),
        _ => run.ReleaseFaultsAsync(),
    };

    private async Task FinishAsync(Job job)
    {
        await job.TryAsync(EndCheck.RunAsync);
        await job.Run.RemoveFaultsAsync();
        if (job.Result.Failure is null)
        {
            // Keycloak slows down with hundreds of realms.
            await environment.Observer.RemoveRealmAsync(job.Run.Tenant.Key, cancellationToken);
        }

        await environment.CallAudit.ReadAsync(cancellationToken);
        lock (ended)
        {
            ended.Add(job);
            report(job.Result);
        }
    }

    private CellRun NewRun(Cell cell) => new(
        environment,
        cell,
        new Tenant(environment, "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 9)),
        cancellationToken);

    /// <summary>A running cell. After its first failure it performs no further actions.</summary>
    private sealed class Job(CellRun run, string repeatCommand)
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private string? failure;

        public CellRun Run => run;

        public Result Result => new(run.Cell, failure, watch.Elapsed, repeatCommand);

        public async Task TryAsync(Func<CellRun, Task> action)
        {
            if (failure is not null)
            {
                return;
            }

            try
            {
                await action(run);
            }
            catch (Exception e) when (!run.CancellationToken.IsCancellationRequested)
            {
                failure = $"{(e is CellException ? "" : $"{e.GetType().Name}: ")}{e.Message} [tenant {run.Tenant.Key}]";
            }
        }
    }
}
