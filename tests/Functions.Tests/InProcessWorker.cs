using System.Net;
using Functions;
using FunctionsHost.Workers;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Testing;

namespace Api.Tests;

/// <summary>Runs the Functions app's worker in this process, with a clock and a log of its own.</summary>
internal static class InProcessWorker
{
    // The worker itself reads them from the command line of its process.
    private static readonly Dictionary<string, string> HostArguments = new()
    {
        ["--functions-uri"] = "Functions:Worker:HostEndpoint",
        ["--functions-worker-id"] = "Functions:Worker:WorkerId",
        ["--functions-request-id"] = "Functions:Worker:RequestId",
        ["--functions-grpc-max-message-length"] = "Functions:Worker:GrpcMaxMessageLength",
    };

    public static async Task<WorkerHandle> StartAsync(
        WorkerStart start, IReadOnlyDictionary<string, string> settings, TimeProvider time, LogLines log)
    {
        // The worker picks one port for the whole process; here several run in one.
        int port = FreePort.Find();
        var app = FunctionsApp.Build([.. start.Arguments], builder =>
        {
            builder.Environment.EnvironmentName = Environments.Development;
            builder.Configuration.AddInMemoryCollection(settings!);
            builder.Configuration.AddCommandLine([.. start.Arguments], HostArguments);
            builder.Logging.ClearProviders().AddProvider(log);
            builder.Services.AddSingleton(time);
            builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, port));
            builder.Services.PostConfigure<WorkerOptions>(worker =>
                worker.Capabilities["HttpUri"] = $"http://127.0.0.1:{port}");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var exited = WaitAsync(app);
        return new WorkerHandle
        {
            Exited = exited,
            KillAsync = async () =>
            {
                app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                await exited;
            },
        };
    }

    private static async Task<int> WaitAsync(IHost app)
    {
        using (app)
        {
            await app.WaitForShutdownAsync(CancellationToken.None);
        }

        return 0;
    }
}
