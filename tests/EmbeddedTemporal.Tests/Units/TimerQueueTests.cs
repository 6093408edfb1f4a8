using CsCheck;
using EmbeddedTemporal.Engine;
using Microsoft.Extensions.Time.Testing;

namespace EmbeddedTemporal.Tests.Units;

public sealed class TimerQueueTests
{
    [Fact]
    public void Alarms_fire_in_the_order_they_are_due_and_cancelled_ones_never() => Gen
        .Select(Gen.Int[0, 1000], Gen.Bool).Array[0, 30]
        .Sample(alarms =>
        {
            var clock = new FakeTimeProvider();
            var fired = new List<int>();
            using var queue = QueueOn(clock);
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
    public void An_alarm_years_ahead_waits_for_its_time()
    {
        var clock = new FakeTimeProvider();
        var fired = false;
        using var queue = QueueOn(clock);
        queue.Set(clock.GetUtcNow().AddDays(730), () => fired = true);
        queue.Arm();

        clock.Advance(TimeSpan.FromDays(729));
        Assert.False(fired);
        clock.Advance(TimeSpan.FromDays(1));

        Assert.True(fired);
    }

    private static TimerQueue QueueOn(FakeTimeProvider clock)
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
