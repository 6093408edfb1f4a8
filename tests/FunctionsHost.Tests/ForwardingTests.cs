using System.Net;
using FunctionsHost.Http;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsHost.Tests;

/// <summary>Calls that go to the worker's own HTTP server, with a server of the test in its place.</summary>
public sealed class ForwardingTests
{
    [Fact]
    public async Task The_request_is_forwarded_before_the_invocation_is_answered()
    {
        var forwarded = new TaskCompletionSource<string>();
        await using var server = await ServerAsync(context =>
        {
            forwarded.SetResult($"{context.Request.Headers["x-ms-invocation-id"]}");
            return context.Response.WriteAsync("from the server");
        });
        var worker = Worker(server);
        var invocation = "";
        worker.Answer = async (request, _) =>
        {
            invocation = await forwarded.Task == request.InvocationId ? request.InvocationId : "another";
            return new RpcHttp();
        };
        await using var host = await FakeHost.StartAsync(worker);

        Assert.Equal("from the server", await host.GetAsync("/ping"));
        Assert.Equal(await forwarded.Task, invocation);
    }

    [Fact]
    public async Task The_message_of_the_invocation_holds_nothing_of_the_request()
    {
        await using var server = await ServerAsync(_ => Task.CompletedTask);
        var worker = Worker(server);
        RpcHttp? http = null;
        worker.Answer = (request, _) =>
        {
            http = request.InputData.Single().Data.Http;
            return Task.FromResult<RpcHttp?>(new RpcHttp());
        };
        await using var host = await FakeHost.StartAsync(worker);

        await host.GetAsync("/ping?a=b");

        Assert.Equal(new RpcHttp(), http);
    }

    [Fact]
    public async Task The_servers_headers_stay_and_the_function_must_also_succeed()
    {
        await using var server = await ServerAsync(context =>
        {
            context.Response.Headers["X-Own"] = "1";
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        });
        var worker = Worker(server);
        await using var host = await FakeHost.StartAsync(worker);

        using var accepted = await host.Client.GetAsync("/ping", TestContext.Current.CancellationToken);
        worker.Answer = (_, _) => throw new InvalidOperationException("The function fails.");

        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal("1", accepted.Headers.GetValues("X-Own").Single());
        Assert.Equal((HttpStatusCode.InternalServerError, ""), await host.SendAsync(HttpMethod.Get, "/ping"));
    }

    [Fact]
    public async Task A_server_that_is_silent_for_240_seconds_ends_the_call()
    {
        await using var server = await ServerAsync(context =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var host = await FakeHost.StartAsync(
            Worker(server), options => options with { ForwardTimeout = TimeSpan.FromMilliseconds(1) });

        Assert.Equal((HttpStatusCode.InternalServerError, ""), await host.SendAsync(HttpMethod.Get, "/ping"));
        Assert.Equal(TimeSpan.FromSeconds(240), new FunctionsHostOptions { AppFolder = "" }.ForwardTimeout);
    }

    [Fact]
    public async Task A_request_that_does_not_reach_the_server_is_tried_ten_times()
    {
        var time = new FakeTimeProvider();
        using var unreachable = new Unreachable();
        using var client = new HttpMessageInvoker(new ConnectRetryHandler(unreachable, time));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1/");
        var sending = client.SendAsync(request, TestContext.Current.CancellationToken);

        while (!sending.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => sending);
        Assert.Equal(10, unreachable.Attempts);
    }

    private static FakeWorker Worker(WebApplication server)
    {
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"));
        worker.Capabilities["HttpUri"] = server.Urls.Single();
        return worker;
    }

    private static async Task<WebApplication> ServerAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(handle);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        public int Attempts { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Attempts++;
            throw new HttpRequestException("refused");
        }
    }
}
