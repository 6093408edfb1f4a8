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
/// The outside world in one process: each system by its real protocol, on a port of its own, with state of its own.
/// <code>await using var sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts);</code>
/// </summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly Stack<object> parts = new();
    private readonly StandInContext context;

    private SandboxHost(SandboxOptions options, DataFolder? folder)
    {
        Options = options;
        Keep(folder);
        context = StandInContext.Of(options);
        Keep(context.Journal);
    }

    public SandboxOptions Options { get; }

    /// <summary>Base address, such as http://127.0.0.1:8080; null when this part was not started.</summary>
    public Uri? Keycloak { get; private set; }

    /// <inheritdoc cref="Keycloak"/>
    public Uri? S3 { get; private set; }

    /// <inheritdoc cref="Keycloak"/>
    public Uri? Novu { get; private set; }

    /// <summary>Host and port of the proxy before PostgreSQL; null when there is none.</summary>
    public string? Postgres { get; private set; }

    /// <summary>Host and port, such as 127.0.0.1:7233; null when this part was not started.</summary>
    public string? Temporal => TemporalServer?.Address;

    /// <summary>For tests that let it skip time; null when this part was not started.</summary>
    public EmbeddedTemporalServer? TemporalServer { get; private set; }

    /// <summary>Faults in front of the stand-ins; the same list as /_sandbox/faults.</summary>
    public Faults Faults => context.Faults;

    /// <summary>Every call that the stand-ins received; the same as /_sandbox/journal.</summary>
    public Journal Journal => context.Journal;

    /// <exception cref="SandboxException">A port is taken, or the folder cannot be used.</exception>
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
        Keycloak = await AddAsync("keycloak", Options.KeycloakPort, Or(Options.KeycloakUpstream, app =>
            app.MapKeycloak(Keep(new KeycloakState(context.FileOf("keycloak.db"), Options.Keycloak, context.Time)))));
        S3 = await AddAsync("s3", Options.S3Port, Or(Options.S3Upstream, app =>
            app.MapS3(Keep(new S3Store(context.FileOf("s3.db"), context.Time)), Options.S3)));
        Novu = await AddAsync("novu", Options.NovuPort, app =>
            app.MapNovu(Keep(new NovuStore(context.FileOf("novu.db"), context.Time)), Options.Novu));

        Postgres = Options.PostgresUpstream is { } upstream
            ? Keep(PostgresProxy.Start(Options.PostgresPort, upstream, context)).Address
            : null;
        TemporalServer = await AddTemporalAsync(cancellationToken);

        Action<WebApplication> Or(Uri? upstream, Action<WebApplication> standIn) =>
            upstream is null ? standIn : app => app.MapUpstream(Keep(new HttpUpstream(upstream)));

        async Task<Uri?> AddAsync(string system, int? port, Action<WebApplication> map) => port is null
            ? null
            : Keep(await StandIn.StartAsync(system, port.Value, context, map, cancellationToken)).Address;
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
            return Keep(await EmbeddedTemporalServer.StartAsync(options, cancellationToken));
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

    // Ends in the reverse order, so a store outlives the server in front of it.
    private T Keep<T>(T part)
    {
        if (part is not null)
            parts.Push(part);
        return part;
    }
}
