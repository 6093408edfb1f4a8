using System.Diagnostics;
using System.Security.Cryptography;
using Sandbox.Demo;
using Torture.Cells;
using Torture.Worlds;

namespace Torture.Running;

/// <param name="Red">What was expected and what was found; null: green.</param>
internal sealed record Result(Cell Cell, string? Red, TimeSpan Took);

/// <summary>Runs cells side by side, each on a tenant of its own.</summary>
internal sealed class Runner(World world, int jobs, Action<Result> tell)
{
    public async Task<IReadOnlyList<Result>> RunAsync(IReadOnlyList<Cell> cells, CancellationToken cancellation)
    {
        var results = new List<Result>();
        await Parallel.ForEachAsync(
            cells,
            new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation },
            async (cell, stop) => Add(results, await RunAsync(cell, stop)));
        return results;
    }

    private void Add(List<Result> results, Result result)
    {
        lock (results)
        {
            results.Add(result);
            tell(result);
        }
    }

    private async Task<Result> RunAsync(Cell cell, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var tenant = new Tenant(world, "t" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 9));
        var run = new CellRun(world, cell, tenant, cancellation);
        try
        {
            await PlayAsync(run);
            return new Result(cell, null, watch.Elapsed);
        }
        catch (Exception e) when (e is CellException or DemoException or HttpRequestException or TimeoutException)
        {
            return new Result(cell, $"{e.Message} [tenant {tenant.Key}]", watch.Elapsed);
        }
        finally
        {
            await run.RemoveFaultsAsync();
        }
    }

    private static async Task PlayAsync(CellRun run)
    {
        await run.Tenant.SignUpAsync(run.Cancellation);
        await run.Cell.Fault.Play(run);
        var progress = await run.EndAsync();
        await run.RemoveFaultsAsync();
        await EndCheck.FirstAsync(run, progress, []);
        if (run.Cell.Ending is Ending.Failed)
        {
            // The key is free: another attempt gets everything.
            await run.Tenant.ProvisionAsync(run.Cancellation);
            await EndCheck.ActiveAsync(run, await run.EndAsync(), failures: 1);
        }
    }
}
