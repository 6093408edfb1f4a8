using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests.Sample;

/// <summary>A host with the sample app as its worker: a process, as under the real host.</summary>
internal sealed class RunningSample : IAsyncDisposable
{
    private RunningSample(FunctionsHostServer server, HostLog log)
    {
        Server = server;
        Log = log;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
    }

    /// <summary>The folder of the sample's build, beside the tests' own.</summary>
    public static string Folder { get; } =
        AppContext.BaseDirectory.Replace("FunctionsHost.Tests", "FunctionsHost.SampleApp", StringComparison.Ordinal);

    public FunctionsHostServer Server { get; }

    public HostLog Log { get; }

    public HttpClient Client { get; }

    public static async Task<RunningSample> StartAsync(
        Dictionary<string, string>? settings = null,
        Func<FunctionsHostOptions, FunctionsHostOptions>? change = null)
    {
        var log = new HostLog();
        var options = new FunctionsHostOptions
        {
            AppFolder = Folder,
            InheritEnvironment = false,
            Settings = settings ?? [],
            LoggerProvider = log,
            DrainTimeout = TimeSpan.Zero,
            WorkerRestartInterval = TimeSpan.Zero,
            // A busy machine; the limits themselves are tested with a clock.
            ProcessStartTimeout = TimeSpan.FromMinutes(5),
            WorkerInitTimeout = TimeSpan.FromMinutes(5),
        };
        var server = await FunctionsHostServer.StartAsync(
            change?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
        return new RunningSample(server, log);
    }

    public Task<string> GetAsync(string path) =>
        Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Log.Dispose();
    }
}
