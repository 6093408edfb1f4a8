using System.Net;
using System.Net.Sockets;
using ControlPlane;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Worker.Hosting;
using Worker.Tests.Support;

namespace Worker.Tests.Hosting;

public sealed class HealthEndpointTests : IAsyncLifetime
{
    private readonly WorkerHealth health = new();
    private readonly List<(string, string)> off = [];
    private readonly HttpClient http = new();
    private readonly int port = FreePort();
    private HealthEndpoint endpoint = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        endpoint = Create(port);
        await endpoint.StartAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await endpoint.StopAsync(CancellationToken.None);
        endpoint.Dispose();
        http.Dispose();
    }

    [Theory]
    [InlineData("/health/ready", false, HttpStatusCode.ServiceUnavailable, """{"status":"waiting"}""")]
    [InlineData("/health/ready", true, HttpStatusCode.OK, """{"status":"ready"}""")]
    [InlineData("/", true, HttpStatusCode.NotFound, """{"status":"not_found"}""")]
    public async Task It_answers_with_the_state_of_the_worker(
        string path, bool isServing, HttpStatusCode status, string body)
    {
        health.IsServing = isServing;

        using var answer = await http.GetAsync(Address(path), Cancelled);

        Assert.Equal((status, body), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancelled)));
    }

    [Fact]
    public async Task It_names_the_systems_that_are_switched_off()
    {
        health.IsServing = true;
        off.AddRange([("keycloak", "Off."), ("s3", "Off.")]);

        Assert.Equal("""{"status":"ready","switchedOff":["keycloak","s3"]}""",
            await http.GetStringAsync(Address("/health/ready"), Cancelled));
    }

    [Fact]
    public async Task It_tells_the_version()
    {
        Assert.Equal($$"""{"status":"alive","version":"{{ProductVersion.Current}}"}""",
            await http.GetStringAsync(Address("/health/live"), Cancelled));
        Assert.StartsWith($"{Recordings.UnreleasedVersion}.", ProductVersion.Current, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_names_the_migration_that_the_worker_waits_for()
    {
        health.MissingMigration = "0016 found, 0018 needed";

        using var answer = await http.GetAsync(Address("/health/ready"), Cancelled);

        Assert.Equal("""{"status":"waiting","migration":"0016 found, 0018 needed"}""",
            await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task It_answers_after_a_client_that_left()
    {
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port, Cancelled);
            await client.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancelled);
        }

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Address("/health/live"), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_does_not_delay_another()
    {
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, port, Cancelled);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Address("/health/live"), Cancelled)).StatusCode);
    }

    [Fact]
    public async Task After_the_stop_nothing_listens()
    {
        await endpoint.StopAsync(Cancelled);

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(Address("/health/live"), Cancelled));
    }

    [Fact]
    public async Task A_taken_port_stops_the_worker_with_one_line()
    {
        using var second = Create(port);

        var error = await Assert.ThrowsAsync<SettingException>(() => second.StartAsync(Cancelled));

        Assert.StartsWith(
            $"HEALTH_PORT: found {port}, which cannot be opened", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_port_there_is_no_endpoint()
    {
        using var none = Create(null);

        await none.StartAsync(Cancelled);

        await none.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    private Uri Address(string path) => new($"http://127.0.0.1:{port}{path}");

    private HealthEndpoint Create(int? at) => new(
        HealthOptions.From(new SettingsReader(
            new ConfigurationBuilder().AddInMemoryCollection([new("HEALTH_PORT", at?.ToString())]).Build(),
            new HostingEnvironment())),
        health, new SystemsOff(off), TimeProvider.System, NullLogger<HealthEndpoint>.Instance);

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
