using System.Net;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Tests.Fakes;
using Content = FunctionsHost.Rpc.Messages.StreamingMessage.ContentOneofCase;
using Strategy = FunctionsHost.Rpc.Messages.FunctionEnvironmentReloadResponse.Types.CapabilitiesUpdateStrategy;

namespace FunctionsHost.Tests;

public sealed class SpecializationTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["DB_HOST"] = "db" };

    [Fact]
    public async Task A_placeholder_starts_without_the_application_settings_and_serves_nothing()
    {
        await using var host = await StartAsync(new FakeWorker(new FakeFunction("Ping", "ping")));

        var environment = (await host.Worker.NextRunAsync()).Start.Environment;

        Assert.Equal("1", environment["WEBSITE_PLACEHOLDER_MODE"]);
        Assert.False(environment.ContainsKey("DB_HOST"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.SendAsync(HttpMethod.Get, "/ping")).Status);
    }

    [Fact]
    public async Task A_specialized_placeholder_gets_the_settings_and_serves_the_functions()
    {
        await using var host = await StartAsync(new FakeWorker(new FakeFunction("Ping", "ping")));
        var run = await host.Worker.NextRunAsync();

        await host.Server.SpecializeAsync(Settings, TestContext.Current.CancellationToken);

        var message = await run.ReceivedAsync(Content.FunctionEnvironmentReloadRequest);
        var reload = message.FunctionEnvironmentReloadRequest;
        Assert.Equal("db", reload.EnvironmentVariables["DB_HOST"]);
        Assert.Equal("0", reload.EnvironmentVariables["WEBSITE_PLACEHOLDER_MODE"]);
        Assert.Equal(run.Start.WorkingDirectory, reload.FunctionAppDirectory);
        Assert.Equal("Ping", await host.GetAsync("/ping"));
    }

    [Fact]
    public async Task Capabilities_of_a_specialization_are_added_to_those_of_the_start()
    {
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"))
        {
            Reloaded = new()
            {
                Result = FakeWorker.Success,
                Capabilities =
                {
                    ["IgnoreEmptyValuedRpcHttpHeaders"] = "True",
                    ["UseNullableValueDictionaryForHttp"] = "",
                },
            },
            Answer = (request, _) => Task.FromResult<RpcHttp?>(
                FakeWorker.Text(string.Join(',', request.InputData[0].Data.Http.Headers.Keys))),
        };
        await using var host = await StartAsync(worker);
        await host.Server.SpecializeAsync(Settings, TestContext.Current.CancellationToken);

        var answer = await RawHttp.SendAsync(host.Server.Address, "GET /ping HTTP/1.1", "X-Empty:", "X-Full: 1");

        Assert.Contains("x-full", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("x-empty", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_can_replace_its_capabilities()
    {
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"))
        {
            Reloaded = new()
            {
                Result = FakeWorker.Success,
                CapabilitiesUpdateStrategy = Strategy.Replace,
            },
            Answer = (request, _) => Task.FromResult<RpcHttp?>(
                FakeWorker.Text(string.Join(',', request.InputData[0].Data.Http.Headers.Keys))),
        };
        await using var host = await StartAsync(worker);
        await host.Server.SpecializeAsync(Settings, TestContext.Current.CancellationToken);

        Assert.Contains("host", await host.GetAsync("/ping"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restarted_worker_starts_with_the_settings_of_the_specialization()
    {
        await using var host = await StartAsync(new FakeWorker(new FakeFunction("Ping", "ping")));
        await host.Server.SpecializeAsync(Settings, TestContext.Current.CancellationToken);

        await (await host.Worker.NextRunAsync()).ExitAsync(1);

        Assert.Equal("db", (await host.Worker.NextRunAsync()).Start.Environment["DB_HOST"]);
        Assert.Equal("Ping", await host.GetAsync("/ping"));
    }

    private static Task<FakeHost> StartAsync(FakeWorker worker) =>
        FakeHost.StartAsync(worker, options => options with { Placeholder = true });
}
