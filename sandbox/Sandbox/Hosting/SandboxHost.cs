using EmbeddedTemporal;
using Sandbox.Control;
using Sandbox.Keycloak;
using Sandbox.Keycloak.Storage;
using Sandbox.Novu;
using Sandbox.Proxies;
using Sandbox.S3;
using Sandbox.S3.Storage;

namespace Sandbox.Hosting;

/// <summary>
/// The outside systems in one process: each by its real protocol, on its own port, with its own state.
/// <code>await using var sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts);</code>
/// </summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly Stack<object> parts = new();
    private readonly StandInContext context;

    private SandboxHost(SandboxOptions options, DataFolder? folder)
    {
        Options = options;
        Own(folder);
        context = StandInContext.Of(options);
        Own(context.Journal);
    }

    public SandboxOptions Options { get; }

    /// <summary>Base address, such as http://127.0.0.1:8080; null if this part was not started.</summary>
    public Uri? Keycloak { get; private set; }

    /// <inheritdoc cref="Keycloak"/>
    public Uri? S3 { get; private set; }

    /// <inheritdoc cref="Keycloak"/>
    public Uri? Novu { get; private set; }

    /// <summary>Host and port of the proxy in front of PostgreSQL; null if there is none.</summary>
    public string? Postgres { get; private set; }

    /// <summary>Host and port, such as 127.0.0.1:7233; null if this part was not started.</summary>
    public string? Temporal => TemporalServer?.Address;

    /// <summary>The Temporal server, for tests that skip time; null if this part was not started.</summary>
    public EmbeddedTemporalServer? TemporalServer { get; private set; }

    /// <summary>Faults of all systems; the same list as /_sandbox/faults.</summary>
    public Faults Faults => context.Faults;

    /// <summary>Journal of the received calls; the same as /_sandbox/journal.</summary>
    public Journal Journal => context.Journal;

    /// <exception cref="SandboxException">A port is in use, or the data folder is not usable.</exception>
    public static async Task<SandboxHost> StartAsync(
        SandboxOptions options, CancellationToken cancellationToken = default)
    {
        var sandbox = new SandboxHost(options, DataFolder.Open(options.DataDirectory));
        try
        {
            await sandbox.StartPartsAsync(cancellationToken);
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        Keycloak = await AddAsync("keycloak", Options.KeycloakPort, UpstreamOr(Options.KeycloakUpstream, app =>
            app.MapKeycloak(Own(new KeycloakState(context.FileOf("keycloak.db"), Options.Keycloak, context.Time)))));
        S3 = await AddAsync("s3", Options.S3Port, UpstreamOr(Options.S3Upstream, app =>
            app.MapS3(Own(new S3Store(context.FileOf("s3.db"), context.Time)), Options.S3)));
        Novu = await AddAsync("novu", Options.NovuPort, app =>
            app.MapNovu(Own(new NovuStore(context.FileOf("novu.db"), context.Time)), Options.Novu));

        Postgres = Options.PostgresUpstream is { } server
            ? Own(PostgresProxy.Start(Options.PostgresPort, server, context)).Address
            : null;
        TemporalServer = await AddTemporalAsync(cancellationToken);

        Action<WebApplication> UpstreamOr(Uri? upstream, Action<WebApplication> standIn) =>
            upstream is null ? standIn : app => app.MapUpstream(Own(new HttpUpstream(upstream)));

        async Task<Uri?> AddAsync(string system, int? port, Action<WebApplication> map) => port is null
            ? null
            : Own(await StandIn.StartAsync(system, port.Value, context, map, cancellationToken)).Address;
    }

    private async Task<EmbeddedTemporalServer?> AddTemporalAsync(CancellationToken cancellationToken)
    {
        if (Options.TemporalPort is not { } port)
            return null;
        var options = new EmbeddedTemporalOptions
        {
            Port = port,
            DatabaseFile = context.FileOf("temporal.db"),
            Namespaces = Options.TemporalNamespaces,
            TimeProvider = context.Time,
        };
        try
        {
            return Own(await EmbeddedTemporalServer.StartAsync(options, cancellationToken));
        }
        catch (IOException e) when (SandboxException.IsPortTaken(e))
        {
            throw SandboxException.PortTaken("temporal", port);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Clear();
        while (parts.TryPop(out var part))
        {
            if (part is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
    }

    // Parts are disposed in reverse order, so that a store outlives the server that uses it.
    private T Own<T>(T part)
    {
        if (part is not null)
            parts.Push(part);
        return part;
    }
}
