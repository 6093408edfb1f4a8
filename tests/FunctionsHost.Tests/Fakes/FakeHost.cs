using System.Net;

namespace FunctionsHost.Tests.Fakes;

/// <summary>A host with a <see cref="FakeWorker"/>, and a client of it.</summary>
internal sealed class FakeHost : IAsyncDisposable
{
    private readonly FakeApp app;

    private FakeHost(FakeApp app, FakeWorker worker, FunctionsHostServer server)
    {
        this.app = app;
        Worker = worker;
        Server = server;
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public FakeWorker Worker { get; }

    public FunctionsHostServer Server { get; }

    public HttpClient Client { get; }

    public static Task<FakeHost> StartAsync(params FakeFunction[] functions) => StartAsync(new FakeWorker(functions));

    public static async Task<FakeHost> StartAsync(
        FakeWorker worker,
        Func<FunctionsHostOptions, FunctionsHostOptions>? change = null,
        string hostJson = """{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }""")
    {
        var app = new FakeApp(hostJson);
        var options = new FunctionsHostOptions
        {
            AppFolder = app.Folder,
            StartWorker = worker.StartAsync,
            DrainTimeout = TimeSpan.Zero,
        };
        var server = await FunctionsHostServer.StartAsync(
            change?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
        return new FakeHost(app, worker, server);
    }

    /// <summary>Body of a GET; fails if the status is not 200.</summary>
    public Task<string> GetAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        app.Dispose();
    }
}
