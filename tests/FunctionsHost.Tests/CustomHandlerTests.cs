using System.Net;
using System.Text.Json.Nodes;
using FunctionsHost.Tests.Fakes;
using FunctionsHost.Tests.Sample;
using FunctionsHost.Workers;

namespace FunctionsHost.Tests;

/// <summary>A custom handler: the sample, which then answers every call with what it received.</summary>
public sealed class CustomHandlerTests : IDisposable
{
    private readonly FakeApp app = new($$"""
        {
          "version": "2.0",
          "extensions": { "http": { "routePrefix": "" } },
          "customHandler": {
            "description": { "defaultExecutablePath": "dotnet",
              "arguments": [ "{{Path.Combine(RunningSample.Folder, "FunctionsHost.SampleApp.dll")}}" ] },
            "enableProxyingHttpRequest": true
          }
        }
        """);

    public CustomHandlerTests() => app.WriteFunction("all", "{*path}", "get", "post");

    public void Dispose() => app.Dispose();

    [Fact]
    public async Task A_call_is_proxied_with_its_path_query_and_chunked_body()
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/any/path?q=1");
        request.Content = new StringContent("body");
        request.Headers.TransferEncodingChunked = true;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var seen = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("POST", seen["method"]!.ToString());
        Assert.Equal("/any/path", seen["path"]!.ToString());
        Assert.Equal("body", seen["body"]!.ToString());
        Assert.NotNull(seen["headers"]!["X-Azure-Functions-InvocationId"]);
    }

    [Fact]
    public async Task The_folders_with_a_function_json_are_the_functions()
    {
        await using var host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };

        using var wrong = await client.DeleteAsync("/any", TestContext.Current.CancellationToken);
        using var admin = await client.GetAsync("/admin/x", TestContext.Current.CancellationToken);

        Assert.Equal(["all"], host.Functions.Select(function => function.Name));
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, admin.StatusCode);
    }

    [Fact]
    public async Task A_handler_that_ends_at_its_start_leaves_a_host_that_answers_503()
    {
        await using var host = await StartAsync(start => start with { Executable = "false", ExecutableArguments = [] });

        Assert.Equal("The custom handler ended with exit code 1 before it answered.", host.Failure!.Message);
    }

    private Task<FunctionsHostServer> StartAsync(Func<WorkerStart, WorkerStart>? change = null) =>
        FunctionsHostServer.StartAsync(
            new FunctionsHostOptions
            {
                AppFolder = app.Folder,
                StartWorker = (start, stop) => WorkerProcess.StartAsync(change?.Invoke(start) ?? start, stop),
                ProcessStartTimeout = TimeSpan.FromMinutes(5),
            },
            TestContext.Current.CancellationToken);
}
