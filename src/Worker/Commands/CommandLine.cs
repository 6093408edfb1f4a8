using System.CommandLine;
using ControlPlane.Settings;
using Microsoft.Extensions.Hosting;
using Worker.Hosting;

namespace Worker.Commands;

/// <summary>The worker's command line: without a command it serves its task queues.</summary>
public static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("""
            Provisions tenants. Without a command it runs the worker.

            Example: DOTNET_ENVIRONMENT=Development TEMPORAL_ADDRESS=localhost:7233 DATABASE_URL=... Worker run
            """);
        root.SetAction((_, cancellationToken) => RunWorkerAsync(cancellationToken));
        root.Add(Run());

        // The host handles Ctrl-C and lets activities in flight end.
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await root.Parse(args).InvokeAsync(configuration);
        }
        catch (SettingException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    private static Command Run()
    {
        var run = new Command("run", "Runs the worker until it is stopped. Example: Worker run");
        run.SetAction((_, cancellationToken) => RunWorkerAsync(cancellationToken));
        return run;
    }

    private static async Task<int> RunWorkerAsync(CancellationToken cancellationToken)
    {
        using var host = WorkerHost.CreateBuilder().AddWorker().Build();
        await host.RunAsync(cancellationToken);
        return 0;
    }
}
