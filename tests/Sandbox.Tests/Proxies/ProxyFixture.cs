using System.Net;
using Npgsql;
using Sandbox.Hosting;
using Testing;

namespace Sandbox.Tests.Proxies;

/// <summary>
/// A sandbox that plays only Novu, and is a proxy in front of PostgreSQL and of another sandbox's Keycloak and S3, as
/// in front of real servers.
/// </summary>
public sealed class ProxyFixture(SandboxFixture upstream) : IAsyncLifetime
{
    private SandboxHost? sandbox;

    public SandboxHost Sandbox => sandbox!;

    public SandboxControl Control { get; private set; } = null!;

    /// <summary>Direct access to the server, not through the proxy.</summary>
    public PostgresFixture Postgres { get; } = new();

    /// <summary>Access to the server through the proxy.</summary>
    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        var server = new NpgsqlConnectionStringBuilder(Postgres.OwnerConnectionString);
        sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            TemporalPort = null,
            KeycloakUpstream = upstream.Sandbox.Keycloak,
            S3Upstream = upstream.Sandbox.S3,
            PostgresUpstream = new DnsEndPoint(server.Host!, server.Port),
        });
        Control = new SandboxControl(sandbox.Novu!);
        DataSource = NpgsqlDataSource.Create(ThroughProxy(server).ConnectionString);
        await Postgres.ExecuteAsync("CREATE TABLE things (id uuid, name text, number int)");
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await DataSource.DisposeAsync();
        if (sandbox is not null)
            await sandbox.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>Returns the connection string with the proxy's address instead of the server's.</summary>
    public NpgsqlConnectionStringBuilder ThroughProxy(NpgsqlConnectionStringBuilder server)
    {
        var proxy = IPEndPoint.Parse(sandbox!.Postgres!);
        return new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            Host = $"{proxy.Address}",
            Port = proxy.Port,
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 2,
        };
    }
}
