using System.Net;
using Microsoft.AspNetCore.Builder;
using Sandbox.Control;
using Sandbox.Hosting;
using Sandbox.Tests.Novu;
using Testing;

namespace Sandbox.Tests.Control;

public sealed class JournalTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string subscriber = SandboxFixture.UniqueKey();

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task Calls_are_journaled_in_order_with_their_outcomes()
    {
        await novu.GetAsync($"/v2/subscribers/{subscriber}");
        await novu.PostAsync($"/v2/subscribers?note={subscriber}", new { subscriberId = subscriber });
        await novu.SendAsync(HttpMethod.Delete, $"/v2/subscribers/{subscriber}");
        var calls = await AssertMore.EventuallyAsync(
            () => fixture.Control.GetCallsAsync(subscriber),
            calls => calls.Count == 3 && calls.All(call => call.Status is not null));
        Assert.Equal(
            [("GET", 404, false), ("POST", 201, true), ("DELETE", 200, true)],
            calls.Select(call => (call.Method, call.Status!.Value, call.Effect)));
        Assert.All(calls, call => Assert.True(call.Answered));
    }

    [Fact]
    public async Task A_call_that_throws_is_journaled_with_its_answer()
    {
        var context = StandInContext.Of(SandboxOptions.OnFreePorts);
        using var journal = context.Journal;
        await using var standIn = await StandIn.StartAsync(
            "novu", 0, context, app => app.MapGet("/", Fail), TestContext.Current.CancellationToken);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(standIn.Address, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var call = Assert.Single(journal.Calls());
        Assert.Equal((500, false, true), (call.Status, call.Effect, call.Answered));

        static void Fail() => throw new InvalidOperationException("a bug");
    }

    [Fact]
    public async Task Secrets_in_a_query_are_masked()
    {
        await novu.GetAsync($"/{subscriber}?code=secret-1&Token=secret-2&client_secret=secret-3&plain=shown");
        var call = Assert.Single(await fixture.Control.GetCallsAsync(subscriber));
        Assert.Equal("code=***&Token=***&client_secret=***&plain=shown", call.Query);
    }

    [Fact]
    public async Task Calls_of_observers_are_not_journaled_and_no_fault_applies()
    {
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule { Path = $"*{subscriber}" });
        using var http = new HttpClient { BaseAddress = fixture.Sandbox.Novu };
        http.DefaultRequestHeaders.Add("Sandbox-Observer", "torture");

        using var answer = await http.GetAsync($"/v2/subscribers/{subscriber}");

        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(await fixture.Control.GetCallsAsync(subscriber));
        Assert.Equal(0, await fault.GetHitsAsync());
    }

    [Fact]
    public async Task The_journal_continues_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        var options = new SandboxOptions
        {
            KeycloakPort = null,
            S3Port = null,
            NovuPort = 0,
            TemporalPort = null,
            DataDirectory = folder.Path,
        };
        await using (var first = await SandboxHost.StartAsync(options))
        using (var client = new NovuClient(first.Novu!))
            await client.GetAsync("/first");
        await using var second = await SandboxHost.StartAsync(options);
        using (var client = new NovuClient(second.Novu!))
            await client.GetAsync("/second");
        Assert.Equal([(1, "/first"), (2, "/second")], second.Journal.Calls().Select(call => (call.Number, call.Path)));
    }
}
