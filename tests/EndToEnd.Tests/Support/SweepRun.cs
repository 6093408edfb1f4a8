using Temporalio.Client;
using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>A repair and a sweep outside their schedules.</summary>
public static class SweepRun
{
    /// <summary>Starts a repair of attempts and a sweep, and waits for their ends.</summary>
    public static async Task SweepAsync(this Instance instance)
    {
        var temporal = await TemporalClient.ConnectAsync(
            new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
        foreach (string id in (string[])["repair", "sweep"])
        {
            var schedule = temporal.GetScheduleHandle(id);
            long before = (await schedule.DescribeAsync()).Info.NumActions;
            await schedule.TriggerAsync();
            await AssertMore.EventuallyAsync(async () =>
            {
                var info = (await schedule.DescribeAsync()).Info;
                Assert.True(info.NumActions > before, $"no {id} has started");
                Assert.Empty(info.RunningActions);
            });
        }
    }
}
