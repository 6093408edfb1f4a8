using System.Net;
using Npgsql;
using Sandbox.Hosting;
using Testing;

namespace Sandbox.Tests.Proxies;

/// <summary>
/// A sandbox that plays nothing but Novu: before the other sandbox's Keycloak and S3, and before PostgreSQL, it stands
/// with its faults, as before real servers.
/// </summary>
public sealed class ProxiedWorld(SandboxFixture upstream) : IAsyncLifetime
{
    private SandboxHost? front;

    public SandboxHost Front => front!;

    public SandboxControl Control { get; private set; } = null!;

    /// <summary>Around the proxy.</summary>
    public PostgresFixture Postgres { get; } = new();

    /// <summary>Through the proxy.</summary>
    public NpgsqlDataSource Proxied { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        var server = new NpgsqlConnectionStringBuilder(Postgres.OwnerConnectionString);
        front = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            TemporalPort = null,
            KeycloakUpstream = upstream.Sandbox.Keycloak,
            S3Upstream = upstream.Sandbox.S3,
            PostgresUpstream = new DnsEndPoint(server.Host!, server.Port),
        });
        Control = new SandboxControl(front.Novu!);
        Proxied = NpgsqlDataSource.Create(Through(server).ConnectionString);
        await Postgres.ExecuteAsync("CREATE TABLE things (id uuid, name text, number int)");
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await Proxied.DisposeAsync();
        if (front is not null)
            await front.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    public NpgsqlConnectionStringBuilder Through(NpgsqlConnectionStringBuilder server)
    {
        var proxy = IPEndPoint.Parse(front!.Postgres!);
        return new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Host = $"{proxy.Address}",
            Port = proxy.Port,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
        };
    }
}
