using System.Diagnostics;
using System.Globalization;
using Temporalio.Client;
using Testing;
using Worker.Sweeps;

namespace Benchmarks.Sweep;

/// <summary>Measures a sweep that finds nothing to do, among few and among many tenants, on the stand-ins.</summary>
internal static class SweepBenchmark
{
    public static async Task RunAsync(
        IReadOnlyList<int> sizes, int rounds, CancellationToken cancellationToken)
    {
        var instance = new Instance("benchmark");
        await instance.UpAsync();
        try
        {
            var temporal = await TemporalClient.ConnectAsync(
                new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
            foreach (string id in SweepSchedule.Ids)
            {
                await temporal.GetScheduleHandle(id).PauseAsync("benchmark");
            }

            await using var tenants = new PlantedTenants(instance);
            Spread? first = null;
            foreach (int size in sizes.Order())
            {
                await tenants.GrowToAsync(size, cancellationToken);
                var spread = new Spread("ms");
                for (int round = 1; round <= rounds; round++)
                {
                    spread.Add(await SweepAsync(temporal, $"sweep-{size}-{round}"));
                }

                first ??= spread;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{size,6} tenants: {spread}; {spread.RatioTo(first):0.#} times the first, "
                    + $"{spread.Median / size:0.##} ms a tenant"));
            }
        }
        finally
        {
            await instance.DevAsync("reset");
        }
    }

    private static async Task<double> SweepAsync(TemporalClient temporal, string id)
    {
        var watch = Stopwatch.StartNew();
        var run = await temporal.StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(), new(id, "tenant-provisioning"));
        // Its result is encrypted.
        await ((WorkflowHandle)run).GetResultAsync();
        return watch.Elapsed.TotalMilliseconds;
    }
}
