using CsCheck;
using EmbeddedTemporal.Engine;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedTemporal.Tests.Units;

public sealed class TimerQueueTests
{
    [Fact]
    public void Alarms_fire_in_order_of_their_due_time_and_cancelled_ones_never() => Gen
        .Select(Gen.Int[0, 1000], Gen.Bool).Array[0, 30]
        .Sample(alarms =>
        {
            var clock = new FakeTimeProvider();
            var fired = new List<int>();
            using var queue = CreateQueue(clock);
            foreach (var (minutes, isCancelled) in alarms)
            {
                var alarm = queue.Set(clock.GetUtcNow().AddMinutes(minutes), () => fired.Add(minutes));
                if (isCancelled) alarm.Cancel();
            }

            queue.Arm();
            clock.Advance(TimeSpan.FromMinutes(1000));
            return fired.SequenceEqual(alarms.Where(alarm => !alarm.Item2).Select(alarm => alarm.Item1).Order());
        });

    [Fact]
    public void An_alarm_years_ahead_fires_when_it_is_due()
    {
        var clock = new FakeTimeProvider();
        var fired = false;
        using var queue = CreateQueue(clock);
        queue.Set(clock.GetUtcNow().AddDays(730), () => fired = true);
        queue.Arm();

        clock.Advance(TimeSpan.FromDays(729));
        Assert.False(fired);
        clock.Advance(TimeSpan.FromDays(1));

        Assert.True(fired);
    }

    private static TimerQueue CreateQueue(FakeTimeProvider clock)
    {
        TimerQueue? queue = null;
        queue = new TimerQueue(clock, () =>
        {
            queue!.FireDue();
            queue.Arm();
        });
        return queue;
    }
}
