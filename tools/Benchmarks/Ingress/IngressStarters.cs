using System.Diagnostics;
using System.Globalization;
using FunctionsHost;
using FunctionsHost.Workers;
using Testing;

namespace Benchmarks.Ingress;

/// <summary>The ways to start a head. The settings are its whole environment, besides what a process needs.</summary>
internal static class IngressStarters
{
    /// <summary>Starts the native process, or the same program under JIT, on a free port.</summary>
    public static Task<Ingress> ProcessAsync(string program, IReadOnlyDictionary<string, string> settings)
    {
        int port = FreePort.Find();
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name is not ("PATH" or "HOME" or "DOTNET_ROOT"))
            .ToDictionary(name => name, _ => (string?)null);
        environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        long started = Stopwatch.GetTimestamp();
        var process = Commands.Start(program, [], environment);
        // The output must be read: a full pipe would block the process.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return Task.FromResult(new Ingress(new Uri($"http://127.0.0.1:{port}"), started, process.Id, async () =>
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }));
    }

    /// <summary>
    /// Starts an app behind the stand-in of the Functions host in this process. The time counts from the start of the
    /// app's own process, so that the start of the host does not count.
    /// </summary>
    public static async Task<Ingress> HostedAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        long started = 0;
        WorkerHandle? worker = null;
        var host = await FunctionsHostServer.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = folder,
                Settings = settings,
                InheritEnvironment = false,
                StartWorker = async (start, cancellationToken) =>
                {
                    started = Stopwatch.GetTimestamp();
                    return worker = await WorkerProcess.StartAsync(start, cancellationToken);
                },
            },
            CancellationToken.None);
        host.EnsureRunning();
        return new Ingress(host.Address, started, worker!.ProcessId!.Value, async () => await host.DisposeAsync());
    }
}
