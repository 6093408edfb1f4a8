using System.Net;
using FunctionsHost;
using FunctionsHost.Functions;

namespace Packages.Tests;

/// <summary>A package under the stand-in of the Functions host, with no setting but the host's own.</summary>
internal sealed class PackagedApp : IAsyncDisposable
{
    private readonly FunctionsHostServer host;
    private readonly HttpClient client;

    private PackagedApp(FunctionsHostServer host)
    {
        this.host = host;
        client = new HttpClient { BaseAddress = host.Address };
    }

    public IEnumerable<HostedFunction> Functions => host.Functions;

    public static async Task<PackagedApp> StartAsync(string folder)
    {
        var host = await FunctionsHostServer.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = folder,
                InheritEnvironment = false,
                DrainTimeout = TimeSpan.Zero,
                // A busy machine.
                ProcessStartTimeout = TimeSpan.FromMinutes(5),
                WorkerInitTimeout = TimeSpan.FromMinutes(5),
            },
            TestContext.Current.CancellationToken);
        host.EnsureRunning();
        return new PackagedApp(host);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, string json) => SendAsync(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
    });

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await client.SendAsync(request, TestContext.Current.CancellationToken))
        {
            return new Answer(
                response.StatusCode,
                response.Content.Headers.ContentType?.MediaType,
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    internal sealed record Answer(HttpStatusCode Status, string? MediaType, string Body);
}
