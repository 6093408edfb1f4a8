using System.Diagnostics;
using System.Security.Cryptography;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Torture.Environments;

namespace Torture.Running;

/// <param name="Failure">What was expected and what was found; null: green.</param>
/// <param name="RepeatCommand">The command that repeats it.</param>
internal sealed record Result(Cell Cell, string? Failure, TimeSpan Duration, string RepeatCommand);

/// <summary>
/// Runs cells side by side, each on a tenant of its own; then those whose fault meets everybody, one after the other;
/// then those that kill a part, a batch for each death. At last it counts everybody's mails once more.
/// </summary>
internal sealed class Runner(
    TortureEnvironment environment, int jobs, RepeatCommand repeatCommand, Action<Result> report, CancellationToken cancellationToken)
{
    // They wait for what stays broken, most of the time.
    private static readonly int SlowJobs = Instance.IsReal ? 5 : 20;

    private readonly List<Job> ended = [];

    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Cell> cells)
    {
        var parallel = cells.Where(cell => cell is { Fault.KilledPart: null, Call.IsShared: false })
            .ToLookup(cell => cell.IsSlow);
        await Task.WhenAll(SideBySideAsync(parallel[true], SlowJobs), SideBySideAsync(parallel[false], jobs));
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

    // A mail that comes twice may come late.
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
            // Only a new worker has none.
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

    /// <summary>All are held, each at its own call; the part dies and is started again; all must end well.</summary>
    private async Task KillAsync(List<Cell> batch)
    {
        var all = batch.ConvertAll(cell => new Job(NewRun(cell), repeatCommand.For(batch)));
        foreach (var group in all.GroupBy(job => Batches.IsOneAtATime(job.Run.Cell)).OrderBy(group => group.Key))
        {
            await Task.WhenAll(group.Select(job => job.TryAsync(BeginAsync)));
        }

        await Task.WhenAll(all.Where(job => job.Run.Cell.Fault.HoldKind == FaultKind.HoldAnswer)
            .Select(job => job.TryAsync(run => run.HoldAnswerAsync())));
        await (batch[0].SwitchedOffSystem is { } system
            ? environment.SwitchOffAsync(system)
            : environment.CrashAsync(batch[0].Fault.KilledPart!));
        await Task.WhenAll(all.Select(async job =>
        {
            await job.TryAsync(ReleaseAsync);
            await FinishAsync(job);
        }));
        await environment.SwitchOnAsync();
    }

    private static async Task BeginAsync(CellRun run)
    {
        await run.Tenant.SignUpAsync(run.CancellationToken);
        await run.Cell.Fault.RunAsync(run);
    }

    // What was on its way to a worker that died has no effect unless the fault says so; a system that died forgot it.
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
            // A Keycloak gets slow with hundreds of realms.
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

    /// <summary>A cell on its way; after the first thing that goes wrong it does no more.</summary>
    private sealed class Job(CellRun run, string repeatCommand)
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private string? failure;

        public CellRun Run => run;

        public Result Result => new(run.Cell, failure, watch.Elapsed, repeatCommand);

        public async Task TryAsync(Func<CellRun, Task> act)
        {
            if (failure is not null)
            {
                return;
            }

            try
            {
                await act(run);
            }
            catch (Exception e) when (!run.CancellationToken.IsCancellationRequested)
            {
                failure = $"{(e is CellException ? "" : $"{e.GetType().Name}: ")}{e.Message} [tenant {run.Tenant.Key}]";
            }
        }
    }
}
