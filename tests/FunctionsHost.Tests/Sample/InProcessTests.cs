using FunctionsHost.SampleApp;
using FunctionsHost.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FunctionsHost.Tests.Sample;

public sealed class InProcessTests
{
    [Fact]
    public async Task The_worker_can_run_in_the_process_of_its_host()
    {
        // The sample's build output is also in the folder of the tests.
        await using var app = await RunningSample.StartAsync(change: options => options with
        {
            AppFolder = AppContext.BaseDirectory,
            StartWorker = StartAsync,
        });

        Assert.Equal($"{Environment.ProcessId}", await app.GetAsync("/api/process"));
        Assert.Equal("A:x", await app.GetAsync("/api/items/x"));
    }

    private static async Task<WorkerHandle> StartAsync(WorkerStart start, CancellationToken cancellationToken)
    {
        // The worker reads this one variable from the environment of its process.
        const string folder = "FUNCTIONS_APPLICATION_DIRECTORY";
        Environment.SetEnvironmentVariable(folder, start.Environment[folder]);
        var worker = SampleHost.Build([.. start.Arguments], start.Configuration);
        await worker.StartAsync(cancellationToken);
        var exited = ExitedAsync(worker);
        return new WorkerHandle
        {
            Exited = exited,
            KillAsync = async () =>
            {
                worker.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                await exited;
            },
        };
    }

    private static async Task<int> ExitedAsync(IHost worker)
    {
        using (worker)
            await worker.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }
}
