using Temporalio.Client;
using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>A sweep outside its schedule.</summary>
public static class SweepRun
{
    /// <summary>Starts a sweep and waits for its end.</summary>
    public static async Task SweepAsync(this Instance instance)
    {
        var temporal = await TemporalClient.ConnectAsync(
            new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
        var schedule = temporal.GetScheduleHandle("sweep");
        long before = (await schedule.DescribeAsync()).Info.NumActions;
        await schedule.TriggerAsync();
        await AssertMore.EventuallyAsync(async () =>
        {
            var info = (await schedule.DescribeAsync()).Info;
            Assert.True(info.NumActions > before, "no sweep has started");
            Assert.Empty(info.RunningActions);
        });
    }
}
