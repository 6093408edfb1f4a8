using System.Buffers.Binary;
using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Storage;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

/// <summary>
/// One schedule. What it has come to is kept in the form in which it is described; <c>processed</c> is the time up to
/// which its times have been dealt with, so that after a restart the missed ones are caught up.
/// </summary>
internal sealed partial class ScheduleEntry
{
    private readonly Shard shard;
    private readonly DescribeScheduleResponse described;
    private DateTimeOffset processed;
    private TimerQueue.Alarm? alarm;

    public ScheduleEntry(
        Shard shard, CreateScheduleRequest header, DescribeScheduleResponse described, DateTimeOffset processed)
    {
        this.shard = shard;
        this.described = described;
        this.processed = processed;
        Header = header;
    }

    /// <summary>Namespace, id, and the request that made it, to recognise its repetition.</summary>
    public CreateScheduleRequest Header { get; }

    public ByteString ConflictToken => described.ConflictToken;

    public Timestamp CreateTime => described.Info.CreateTime;

    private Schedule Schedule => described.Schedule;

    private ScheduleInfo Info => described.Info;

    private ScheduleTimes Times => ScheduleTimes.Of(Schedule.Spec);

    private bool IsExhausted => Schedule.State is { LimitedActions: true, RemainingActions: <= 0 };

    private string Row => $"{Header.Namespace}/{Header.ScheduleId}";

    public static ScheduleEntry New(Shard shard, CreateScheduleRequest request) => new(
        shard,
        new CreateScheduleRequest
        {
            Namespace = request.Namespace,
            ScheduleId = request.ScheduleId,
            RequestId = request.RequestId,
        },
        new DescribeScheduleResponse
        {
            Schedule = ScheduleRules.Checked(request.Schedule),
            Info = new ScheduleInfo { CreateTime = shard.Now.ToTimestamp() },
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            ConflictToken = Token(1),
        },
        shard.Now);

    /// <summary>To be called once, when it is new or was read from the store: what is due happens.</summary>
    public void Begin()
    {
        shard.Store.Put(new RowKey(Row, RowKind.Schedule, 0), Header);
        Advance();
    }

    public void Update(Schedule schedule, SearchAttributes? attributes, Memo? memo)
    {
        Advance();
        processed = shard.Now;
        described.Schedule = schedule;
        described.SearchAttributes = attributes ?? described.SearchAttributes;
        described.Memo = memo ?? described.Memo;
        Info.UpdateTime = shard.Now.ToTimestamp();
        Changed();
    }

    public void Pause(bool isPaused, string notes)
    {
        Advance();
        processed = shard.Now;
        Schedule.State.Paused = isPaused;
        Schedule.State.Notes = notes;
        Changed();
    }

    public void Trigger(ScheduleOverlapPolicy policy)
    {
        var chosen = ScheduleRules.Checked(policy, Schedule.Policies.OverlapPolicy);
        Act(shard.Now, chosen, isTriggered: true);
        Save();
    }

    public void Delete()
    {
        alarm?.Cancel();
        for (var row = 0; row <= 2; row++) shard.Store.Delete(new RowKey(Row, RowKind.Schedule, row));
    }

    private void Changed()
    {
        described.ConflictToken = Token(BinaryPrimitives.ReadInt64BigEndian(described.ConflictToken.Span) + 1);
        Advance();
    }

    /// <summary>Does what is due by now and sets the alarm for the next time.</summary>
    private void Advance()
    {
        alarm?.Cancel();
        if (!Schedule.State.Paused)
        {
            foreach (var due in Times.AllAfter(processed).TakeWhile(due => due <= shard.Now && !IsExhausted))
            {
                processed = due;
                Take(due);
            }

            if (!IsExhausted && Times.After(processed) is { } next) alarm = shard.Timers.Set(next, Advance);
        }

        Save();
    }

    private void Take(DateTimeOffset due)
    {
        if (shard.Now - due > Schedule.Policies.CatchupWindow.OrZero()) Info.MissedCatchupWindow++;
        else Act(due, Schedule.Policies.OverlapPolicy, isTriggered: false);
    }

    private void Save()
    {
        shard.Store.Put(new RowKey(Row, RowKind.Schedule, 1), described);
        shard.Store.Put(new RowKey(Row, RowKind.Schedule, 2), processed.ToTimestamp());
    }

    private static ByteString Token(long changes)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, changes);
        return ByteString.CopyFrom(bytes);
    }
}
