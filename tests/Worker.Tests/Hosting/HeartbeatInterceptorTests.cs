using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Testing;
using Temporalio.Worker.Interceptors;
using Worker.Hosting;

namespace Worker.Tests.Hosting;

/// <summary>Temporal keeps the details of the last heartbeat only, so none may be without them.</summary>
public sealed class HeartbeatInterceptorTests
{
    [Fact]
    public async Task A_heartbeat_while_the_activity_works_repeats_the_details_that_it_has_sent()
    {
        var clock = new FakeTimeProvider();
        var sent = Channel.CreateUnbounded<object?>();
        var resume = new TaskCompletionSource();
        var root = new Root(() =>
        {
            Temporalio.Activities.ActivityExecutionContext.Current.Heartbeat("cursor");
            return resume.Task;
        });
        var intercepted = new HeartbeatInterceptor(clock).InterceptActivity(root);
        intercepted.Init(new Sent(details => sent.Writer.TryWrite(details.SingleOrDefault())));
        var environment = new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with { HeartbeatTimeout = TimeSpan.FromSeconds(30) },
            Heartbeater = details => root.Outbound!.Heartbeat(new HeartbeatInput(details)),
        };

        var running = environment.RunAsync(() => intercepted.ExecuteActivityAsync(null!));
        Assert.Equal("cursor", await sent.Reader.ReadAsync(TestContext.Current.CancellationToken));
        clock.Advance(HeartbeatInterceptor.HeartbeatInterval);

        Assert.Equal("cursor", await sent.Reader.ReadAsync(TestContext.Current.CancellationToken));
        resume.SetResult();
        await running;
    }

    private sealed class Root(Func<Task> work) : ActivityInboundInterceptor(null!)
    {
        public ActivityOutboundInterceptor? Outbound { get; private set; }

        public override void Init(ActivityOutboundInterceptor outbound) => Outbound = outbound;

        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            await work();
            return null;
        }
    }

    private sealed class Sent(Action<IReadOnlyCollection<object?>> record) : ActivityOutboundInterceptor(null!)
    {
        public override void Heartbeat(HeartbeatInput input) => record(input.Details);
    }
}
