using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Api.Tests.Http;

/// <summary>A database whose packets are dropped: nothing is refused, and nothing is answered.</summary>
public sealed class SilentDatabaseTests(ApiFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_never_answers_is_503_within_five_seconds()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var app = fixture.StartApplication(("DATABASE_URL", Address(silent)));

        await AssertUnavailableAsync(app);
    }

    [Fact]
    public async Task A_database_that_falls_silent_is_503_within_five_seconds()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var open = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var forwarding = ForwardAsync(listener, open.Token);
        await using var app = fixture.StartApplication(("DATABASE_URL", Address(listener)));
        (await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"))).Expect(HttpStatusCode.Created);

        await open.CancelAsync();

        await AssertUnavailableAsync(app);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forwarding);
    }

    private static async Task AssertUnavailableAsync(ApiApplication app)
    {
        await app.AddressAsync();
        long start = TimeProvider.System.GetTimestamp();

        var answer = await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"));

        answer.AssertProblem(503, "unavailable");
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, Limit);
    }

    // Once cancelled, the connections stay open and carry nothing.
    private async Task ForwardAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var database = new NpgsqlConnectionStringBuilder(fixture.Postgres.FunctionsConnectionString);
        var pumps = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            var server = new TcpClient();
            await server.ConnectAsync(database.Host!, database.Port, cancellationToken);
            pumps.Add(client.GetStream().CopyToAsync(server.GetStream(), cancellationToken));
            pumps.Add(server.GetStream().CopyToAsync(client.GetStream(), cancellationToken));
        }

        await Task.WhenAll(pumps);
    }

    private string Address(TcpListener listener) =>
        new NpgsqlConnectionStringBuilder(fixture.Postgres.FunctionsConnectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
        }.ConnectionString;
}
