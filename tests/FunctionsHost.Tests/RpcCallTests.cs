using System.Net;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Tests.Fakes;
using Google.Protobuf;
using Content = FunctionsHost.Rpc.Messages.StreamingMessage.ContentOneofCase;

namespace FunctionsHost.Tests;

/// <summary>Calls whose request and response travel in messages.</summary>
public sealed class RpcCallTests
{
    [Fact]
    public async Task A_request_arrives_with_its_method_address_headers_and_route_values()
    {
        InvocationRequest? seen = null;
        await using var host = await StartAsync(request => seen = request);

        var answer = await RawHttp.SendAsync(
            host.Server.Address, "POST /x/a%2Fb%20c%C3%A9?q=1 HTTP/1.1", "X-Forwarded-For: 1.2.3.4, 5.6.7.8");

        Assert.StartsWith("HTTP/1.1 200", answer);
        var http = seen!.InputData.Single(input => input.Name == "req").Data.Http;
        Assert.Equal("POST", http.Method);
        Assert.Equal("http://localhost/x/a%2Fb%20c%C3%A9?q=1", http.Url);
        Assert.Equal("1.2.3.4, 5.6.7.8", http.NullableHeaders["x-forwarded-for"].Value);
        Assert.Equal("a%2Fb cé", http.NullableParams["name"].Value);
        Assert.Equal("1", http.NullableQuery["q"].Value);
        Assert.Equal("a%2Fb cé", seen.TriggerMetadata["name"].String);
    }

    [Fact]
    public async Task A_body_with_a_length_arrives()
    {
        InvocationRequest? seen = null;
        await using var host = await StartAsync(request => seen = request);

        using var response = await host.Client.PostAsync(
            "/x/y", new ByteArrayContent([0, 1, 255]), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([0, 1, 255], seen!.InputData[0].Data.Http.Body.Bytes.ToByteArray());
    }

    [Fact]
    public async Task A_chunked_body_is_lost()
    {
        InvocationRequest? seen = null;
        await using var host = await StartAsync(request => seen = request);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/x/y") { Content = new StringContent("lost") };
        request.Headers.TransferEncodingChunked = true;

        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(seen!.InputData[0].Data.Http.Body);
    }

    [Fact]
    public async Task A_response_has_the_functions_status_headers_cookies_and_body_and_is_chunked()
    {
        await using var host = await StartAsync(_ => { }, new RpcHttp
        {
            StatusCode = "418",
            Headers = { ["Content-Type"] = "application/problem+json", ["X-Own"] = "1" },
            Cookies = { new RpcHttpCookie { Name = "a", Value = "b", HttpOnly = new NullableBool { Value = true } } },
            Body = new TypedData { Bytes = ByteString.CopyFromUtf8("{}") },
        });

        using var response = await host.Client.GetAsync("/x/y", TestContext.Current.CancellationToken);

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("1", response.Headers.GetValues("X-Own").Single());
        Assert.Equal("a=b; httponly", response.Headers.GetValues("Set-Cookie").Single());
        Assert.True(response.Headers.TransferEncodingChunked);
        Assert.Equal("{}", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_function_that_fails_is_answered_with_500_and_no_details()
    {
        await using var host = await StartAsync(_ => throw new InvalidOperationException("secret"));

        Assert.Equal((HttpStatusCode.InternalServerError, ""), await host.SendAsync(HttpMethod.Get, "/x/y"));
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_the_invocation()
    {
        var reached = new TaskCompletionSource<InvocationRequest>();
        var worker = new FakeWorker(new FakeFunction("Echo", "x/{name}"))
        {
            Answer = (request, _) =>
            {
                reached.SetResult(request);
                return Task.FromResult<RpcHttp?>(null);
            },
        };
        await using var host = await FakeHost.StartAsync(worker);
        using var leaving = new CancellationTokenSource();
        var call = host.Client.GetAsync("/x/y", leaving.Token);
        var request = await reached.Task;

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var cancel = await (await worker.NextRunAsync()).ReceivedAsync(Content.InvocationCancel);
        Assert.Equal(request.InvocationId, cancel.InvocationCancel.InvocationId);
    }

    [Fact]
    public async Task A_workers_log_lines_appear_with_level_and_function()
    {
        using var log = new HostLog();
        FakeWorkerRun? run = null;
        var worker = new FakeWorker(new FakeFunction("Echo", "x/{name}"))
        {
            BeforeConnect = started =>
            {
                run = started;
                return Task.CompletedTask;
            },
            Answer = async (request, _) =>
            {
                await run!.SendAsync(LogOf(request.InvocationId, RpcLog.Types.Level.Warning, "{not} a template"));
                await run.SendAsync(LogOf(request.InvocationId, RpcLog.Types.Level.Debug, "below the level"));
                return FakeWorker.Text("");
            },
        };
        await using var host = await FakeHost.StartAsync(worker, options => options with { LoggerProvider = log });

        await host.GetAsync("/x/y");

        Assert.Contains("Warning Function.Echo.User: {not} a template", log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.Contains("below the level", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Levels_of_host_json_filter_the_log()
    {
        using var log = new HostLog();
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")),
            options => options with { LoggerProvider = log },
            """
            { "version": "2.0", "extensions": { "http": { "routePrefix": "" } },
              "logging": { "logLevel": { "default": "Debug", "Host": "Error" } } }
            """);

        await host.GetAsync("/ping");

        Assert.DoesNotContain(log.Lines, line => line.Contains("Executing", StringComparison.Ordinal));
    }

    private static StreamingMessage LogOf(string invocationId, RpcLog.Types.Level level, string text) => new()
    {
        RpcLog = new RpcLog { InvocationId = invocationId, Level = level, Message = text, Category = "Own" },
    };

    private static Task<FakeHost> StartAsync(Action<InvocationRequest> see, RpcHttp? answer = null) =>
        FakeHost.StartAsync(new FakeWorker(new FakeFunction("Echo", "x/{name}"))
        {
            Answer = (request, name) =>
            {
                see(request);
                return Task.FromResult(answer ?? FakeWorker.Text(name))!;
            },
        });
}
