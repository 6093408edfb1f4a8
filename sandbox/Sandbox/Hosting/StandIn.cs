using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Control;
using Sandbox.Keycloak;

namespace Sandbox.Hosting;

/// <summary>
/// One system of the outside world, played here or proxied: a web server of its own on 127.0.0.1, journalled, with
/// faults in front.
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
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // The widest of the systems played here; beyond it the answer is 431, as theirs.
            kestrel.Limits.MaxRequestHeadersTotalSize = KeycloakEndpoints.HeaderLimit;
        });
        builder.Services.AddSingleton(context.Time);
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.AddHttpForwarder();
        // Calls that a fault still holds are not waited for.
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

    // Kestrel's own Date comes from the machine's clock; whoever compares it with other times of a stand-in needs one
    // clock. A real server's Date passes.
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

    /// <summary>The stand-ins end with the sandbox; none of them listens to Ctrl-C for itself.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
