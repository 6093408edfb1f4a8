using System.Net;
using FunctionsHost.Rpc.Messages;
using FunctionsHost.Tests.Fakes;
using FunctionsHost.Workers;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsHost.Tests;

public sealed class RestartTests
{
    [Fact]
    public async Task A_call_waits_while_a_dead_worker_restarts()
    {
        var (worker, connect) = Gated(new FakeFunction("Ping", "ping"));
        connect.SetResult();
        await using var host = await FakeHost.StartAsync(worker, Impatient);
        var (_, again) = Gate(worker);

        await (await worker.NextRunAsync()).ExitAsync(1);
        await worker.NextRunAsync();
        var waiting = host.GetAsync("/ping");
        Assert.False(waiting.IsCompleted);
        again.SetResult();

        Assert.Equal("Ping", await waiting);
    }

    [Fact]
    public async Task A_running_invocation_of_a_dead_worker_fails()
    {
        var reached = new TaskCompletionSource();
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"))
        {
            Answer = (_, _) =>
            {
                reached.SetResult();
                return Task.FromResult<RpcHttp?>(null);
            },
        };
        await using var host = await FakeHost.StartAsync(worker, Impatient);
        var running = host.SendAsync(HttpMethod.Get, "/ping");
        await reached.Task;

        await (await worker.NextRunAsync()).ExitAsync(1);

        Assert.Equal((HttpStatusCode.InternalServerError, ""), await running);
    }

    [Fact]
    public async Task The_third_death_within_half_an_hour_ends_the_host()
    {
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"));
        await using var host = await FakeHost.StartAsync(worker, Impatient);

        await (await worker.NextRunAsync()).ExitAsync(1);
        await (await worker.NextRunAsync()).ExitAsync(1);
        await (await worker.NextRunAsync()).ExitAsync(1);

        Assert.Contains("died too often", (await host.Server.Stopped.LimitedAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Function host is not running."),
            await host.SendAsync(HttpMethod.Get, "/ping"));
        Assert.False(worker.HasUnseenRun);
    }

    [Fact]
    public void A_death_more_than_half_an_hour_after_the_last_begins_a_new_count()
    {
        var time = new FakeTimeProvider();
        var errors = new WorkerErrors(time);

        var outcomes = new List<bool>();
        foreach (var minutes in (int[])[0, 20, 31, 30, 30])
        {
            time.Advance(TimeSpan.FromMinutes(minutes));
            outcomes.Add(errors.MayRestart());
        }

        Assert.Equal([true, true, true, true, false], outcomes);
    }

    [Fact]
    public async Task A_worker_that_asks_for_a_restart_by_its_exit_code_is_not_counted()
    {
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"));
        await using var host = await FakeHost.StartAsync(worker, Impatient);

        for (var i = 0; i < 4; i++)
        {
            var run = await worker.NextRunAsync();
            Assert.Equal("Ping", await host.GetAsync("/ping"));
            await run.ExitAsync(200);
        }

        await worker.NextRunAsync();
        Assert.Equal("Ping", await host.GetAsync("/ping"));
    }

    [Fact]
    public async Task A_worker_that_ends_with_code_0_is_not_restarted()
    {
        using var log = new HostLog();
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"));
        await using var host = await FakeHost.StartAsync(
            worker, options => Impatient(options) with { LoggerProvider = log });

        await (await worker.NextRunAsync()).ExitAsync(0);

        await log.LineAsync("exit code 0. The host does not restart it");
        Assert.False(worker.HasUnseenRun);
    }

    [Fact]
    public async Task The_next_restart_waits_10_seconds_after_the_last()
    {
        var time = new FakeTimeProvider();
        using var log = new HostLog();
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"));
        await using var host = await FakeHost.StartAsync(
            worker, options => options with { TimeProvider = time, LoggerProvider = log });
        await (await worker.NextRunAsync()).ExitAsync(200);
        var second = await worker.NextRunAsync();
        await log.LineAsync("Worker process started and initialized.");

        await second.ExitAsync(200);
        time.Advance(TimeSpan.FromSeconds(9));
        // Round trips, in which a host that does not wait has started the next worker.
        for (var i = 0; i < 20; i++)
            Assert.Equal((HttpStatusCode.NotFound, ""), await host.SendAsync(HttpMethod.Get, "/other"));
        Assert.False(worker.HasUnseenRun);
        var third = worker.NextRunAsync();
        while (!third.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await third;
    }

    [Fact]
    public async Task An_invocation_that_runs_into_the_function_timeout_fails_and_restarts_the_worker()
    {
        var time = new FakeTimeProvider();
        var reached = new TaskCompletionSource();
        var worker = new FakeWorker(new FakeFunction("Ping", "ping"))
        {
            Answer = (_, _) =>
            {
                reached.TrySetResult();
                return Task.FromResult<RpcHttp?>(null);
            },
        };
        await using var host = await FakeHost.StartAsync(
            worker, options => options with { TimeProvider = time },
            """{ "version": "2.0", "functionTimeout": "00:05:00", "extensions": { "http": { "routePrefix": "" } } }""");
        var first = await worker.NextRunAsync();
        var running = host.SendAsync(HttpMethod.Get, "/ping");
        await reached.Task;

        time.Advance(TimeSpan.FromSeconds(299));
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((HttpStatusCode.InternalServerError, ""), await running);
        Assert.Equal(137, await first.Handle.Exited);
        await worker.NextRunAsync();
    }

    private static FunctionsHostOptions Impatient(FunctionsHostOptions options) =>
        options with { WorkerRestartInterval = TimeSpan.Zero };

    private static (FakeWorker Worker, TaskCompletionSource Connect) Gated(params FakeFunction[] functions) =>
        Gate(new FakeWorker(functions));

    private static (FakeWorker Worker, TaskCompletionSource Connect) Gate(FakeWorker worker)
    {
        var connect = new TaskCompletionSource();
        worker.BeforeConnect = _ => connect.Task;
        return (worker, connect);
    }
}
