using System.Diagnostics;
using System.Security.Cryptography;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Torture.Worlds;

namespace Torture.Running;

/// <param name="Red">What was expected and what was found; null: green.</param>
/// <param name="Again">The command that repeats it.</param>
internal sealed record Result(Cell Cell, string? Red, TimeSpan Took, string Again);

/// <summary>
/// Runs cells side by side, each on a tenant of its own; then those whose fault meets everybody, one after the other;
/// then those that kill a part, a batch for each death. At last it counts everybody's mails once more.
/// </summary>
internal sealed class Runner(
    World world, int jobs, Again again, Action<Result> tell, CancellationToken cancellationToken)
{
    // They wait for what stays broken, most of the time.
    private static readonly int JobsThatWait = Instance.IsReal ? 5 : 20;

    private readonly List<Job> ended = [];

    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Cell> cells)
    {
        var apart = cells.Where(cell => cell is { Fault.Kills: null, Call.IsShared: false })
            .ToLookup(cell => cell.IsLong);
        await Task.WhenAll(SideBySideAsync(apart[true], JobsThatWait), SideBySideAsync(apart[false], jobs));
        foreach (var cell in cells.Where(cell => cell.Call.IsShared))
        {
            await AloneAsync(cell);
        }

        var batches = Batches.Of(cells).ToList();
        if (batches.Count > 0)
        {
            await world.EndureAsync();
        }

        foreach (var batch in batches)
        {
            await KillAsync(batch);
        }

        return await LastLookAsync();
    }

    // A mail that comes twice may come late.
    private async Task<IReadOnlyList<Result>> LastLookAsync()
    {
        foreach (var job in ended.Where(job => job.Result.Red is null))
        {
            await job.TryAsync(MailCheck.StillAsync);
            if (job.Result.Red is not null)
            {
                tell(job.Result);
            }
        }

        await world.Calls.ReadAsync(cancellationToken);
        return [.. ended.Select(job => job.Result)];
    }

    private Task SideBySideAsync(IEnumerable<Cell> cells, int most) => Parallel.ForEachAsync(
        cells,
        new ParallelOptions { MaxDegreeOfParallelism = most, CancellationToken = cancellationToken },
        async (cell, _) => await RunAsync(cell));

    private async Task AloneAsync(Cell cell)
    {
        if (cell.Call.Name == StepCalls.Token)
        {
            // Only a new worker has none.
            await world.CrashAsync("worker");
        }

        await RunAsync(cell);
    }

    private async Task RunAsync(Cell cell)
    {
        var one = new Job(NewRun(cell), again.Of(cell));
        await one.TryAsync(BeginAsync);
        await EndAsync(one);
    }

    /// <summary>All are held, each at its own call; the part dies and is started again; all must end well.</summary>
    private async Task KillAsync(List<Cell> batch)
    {
        var all = batch.ConvertAll(cell => new Job(NewRun(cell), again.Of(batch)));
        foreach (var round in all.GroupBy(job => Batches.IsOneAtATime(job.Run.Cell)).OrderBy(round => round.Key))
        {
            await Task.WhenAll(round.Select(job => job.TryAsync(BeginAsync)));
        }

        await Task.WhenAll(all.Where(job => job.Run.Cell.Fault.Holds == FaultKind.HoldAnswer)
            .Select(job => job.TryAsync(run => run.HoldAnswerAsync())));
        await (batch[0].Off is { } system
            ? world.SwitchOffAsync(system)
            : world.CrashAsync(batch[0].Fault.Kills!));
        await Task.WhenAll(all.Select(async job =>
        {
            await job.TryAsync(LetGoAsync);
            await EndAsync(job);
        }));
        await world.SwitchOnAsync();
    }

    private static async Task BeginAsync(CellRun run)
    {
        await run.Tenant.SignUpAsync(run.CancellationToken);
        await run.Cell.Fault.Play(run);
    }

    // What was on its way to a worker that died has no effect unless the fault says so; a system that died forgot it.
    private static Task LetGoAsync(CellRun run) => run.Cell.Fault switch
    {
        { Kills: "sandbox" } => Task.CompletedTask,
        { Kills: "worker", Holds: FaultKind.Delay } => run.RemoveFaultsAsync(),
        _ => run.ReleaseAsync(),
    };

    private async Task EndAsync(Job job)
    {
        await job.TryAsync(EndCheck.RunAsync);
        await job.Run.RemoveFaultsAsync();
        if (job.Result.Red is null)
        {
            // A Keycloak gets slow with hundreds of realms.
            await world.Observer.RemoveRealmAsync(job.Run.Tenant.Key, cancellationToken);
        }

        await world.Calls.ReadAsync(cancellationToken);
        lock (ended)
        {
            ended.Add(job);
            tell(job.Result);
        }
    }

    private CellRun NewRun(Cell cell) => new(
        world,
        cell,
        new Tenant(world, "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 9)),
        cancellationToken);

    /// <summary>A cell on its way; after the first thing that goes wrong it does no more.</summary>
    private sealed class Job(CellRun run, string again)
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private string? red;

        public CellRun Run => run;

        public Result Result => new(run.Cell, red, watch.Elapsed, again);

        public async Task TryAsync(Func<CellRun, Task> act)
        {
            if (red is not null)
            {
                return;
            }

            try
            {
                await act(run);
            }
            catch (Exception e) when (!run.CancellationToken.IsCancellationRequested)
            {
                red = $"{(e is CellException ? "" : $"{e.GetType().Name}: ")}{e.Message} [tenant {run.Tenant.Key}]";
            }
        }
    }
}
