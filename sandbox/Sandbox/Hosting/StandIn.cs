using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Control;
using Sandbox.Keycloak;

namespace Sandbox.Hosting;

/// <summary>
/// Web server for one outside system, played or proxied, with journal and faults in front.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication app;

    private StandIn(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<StandIn> StartAsync(
        string system,
        int port,
        StandInContext context,
        Action<WebApplication> map,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Error)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(context.Listen, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // The largest limit of the played systems; longer headers are answered with 431, as by the real servers.
            kestrel.Limits.MaxRequestHeadersTotalSize = KeycloakEndpoints.MaxHeaderBytes;
        });
        builder.Services.AddSingleton(context.Time);
        builder.Services.AddSingleton<IHostLifetime, NoSignalLifetime>();
        builder.Services.AddHttpForwarder();
        // Shutdown does not wait for calls that a fault still holds.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));

        var app = builder.Build();
        app.Use(DateFrom(context.Time));
        app.UseJournal(system, context.Journal);
        app.UseFaults(system, context.Faults);
        app.MapControl(context.Faults, context.Journal);
        map(app);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (SandboxException.IsPortTaken(e))
        {
            await app.DisposeAsync();
            throw SandboxException.PortTaken(system, port);
        }

        var features = app.Services.GetRequiredService<IServer>().Features;
        return new StandIn(app, new Uri(features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()));
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    // Kestrel takes Date from the machine's clock, but callers compare it with other times of the stand-in, which come
    // from this clock. A real server's Date is passed on.
    private static Func<HttpContext, RequestDelegate, Task> DateFrom(TimeProvider time) => (context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.Headers.Date.Count == 0)
                context.Response.Headers.Date = time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        return next(context);
    };

    /// <summary>Ignores signals: the sandbox handles Ctrl-C and stops its stand-ins.</summary>
    private sealed class NoSignalLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
