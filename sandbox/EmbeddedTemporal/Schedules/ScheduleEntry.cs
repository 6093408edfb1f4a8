using System.Buffers.Binary;
using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Storage;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

/// <summary>
/// One schedule. Its state is stored as the response that describes it. <c>processedUntil</c> is the time up to which
/// its actions were processed; after a restart the missed actions are caught up from there.
/// </summary>
internal sealed partial class ScheduleEntry
{
    private readonly Shard shard;
    private readonly DescribeScheduleResponse description;

    /// <summary>The result and the failure for the next run, in the fields of the request that starts it.</summary>
    private readonly StartWorkflowExecutionRequest handedOn;

    private DateTimeOffset processedUntil;
    private TimerQueue.Alarm? alarm;

    public ScheduleEntry(
        Shard shard,
        CreateScheduleRequest header,
        DescribeScheduleResponse description,
        DateTimeOffset processedUntil,
        StartWorkflowExecutionRequest handedOn)
    {
        this.shard = shard;
        this.description = description;
        this.processedUntil = processedUntil;
        this.handedOn = handedOn;
        Header = header;
    }

    /// <summary>The namespace, the schedule id, and the request id, which identifies a repeated request.</summary>
    public CreateScheduleRequest Header { get; }

    public ByteString ConflictToken => description.ConflictToken;

    public Timestamp CreateTime => description.Info.CreateTime;

    private Schedule Schedule => description.Schedule;

    private ScheduleInfo Info => description.Info;

    private ScheduleTimes Times => ScheduleTimes.Create(Schedule.Spec);

    private bool IsExhausted => Schedule.State is { LimitedActions: true, RemainingActions: <= 0 };

    private string RowOwner => $"{Header.Namespace}/{Header.ScheduleId}";

    public static ScheduleEntry Create(Shard shard, CreateScheduleRequest request) => new(
        shard,
        new CreateScheduleRequest
        {
            Namespace = request.Namespace,
            ScheduleId = request.ScheduleId,
            RequestId = request.RequestId,
        },
        new DescribeScheduleResponse
        {
            Schedule = ScheduleRules.Normalize(request.Schedule),
            Info = new ScheduleInfo { CreateTime = shard.Now.ToTimestamp() },
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            ConflictToken = Token(1),
        },
        shard.Now,
        new StartWorkflowExecutionRequest());

    /// <summary>Stores the schedule and runs its due actions. Call it once, after creation or loading.</summary>
    public void Activate()
    {
        shard.Store.Put(new RowKey(RowOwner, RowKind.Schedule, 0), Header);
        Advance();
    }

    public void Update(Schedule schedule, SearchAttributes? attributes, Memo? memo)
    {
        Advance();
        processedUntil = shard.Now;
        description.Schedule = schedule;
        description.SearchAttributes = attributes ?? description.SearchAttributes;
        description.Memo = memo ?? description.Memo;
        Info.UpdateTime = shard.Now.ToTimestamp();
        ApplyChange();
    }

    public void Pause(bool isPaused, string notes)
    {
        Advance();
        processedUntil = shard.Now;
        Schedule.State.Paused = isPaused;
        Schedule.State.Notes = notes;
        ApplyChange();
    }

    public void Trigger(ScheduleOverlapPolicy policy)
    {
        var effective = ScheduleRules.Normalize(policy, Schedule.Policies.OverlapPolicy);
        RunAction(shard.Now, effective, isTriggered: true);
        Save();
    }

    public void Delete()
    {
        alarm?.Cancel();
        for (var row = 0; row <= 3; row++) shard.Store.Delete(new RowKey(RowOwner, RowKind.Schedule, row));
    }

    private void ApplyChange()
    {
        description.ConflictToken = Token(BinaryPrimitives.ReadInt64BigEndian(description.ConflictToken.Span) + 1);
        Advance();
    }

    /// <summary>Processes all due times and sets the alarm for the next one.</summary>
    private void Advance()
    {
        alarm?.Cancel();
        if (!Schedule.State.Paused)
        {
            foreach (var due in Times.AllAfter(processedUntil).TakeWhile(due => due <= shard.Now && !IsExhausted))
            {
                processedUntil = due;
                Process(due);
            }

            if (!IsExhausted && Times.After(processedUntil) is { } next) alarm = shard.Timers.Set(next, Advance);
        }

        Save();
    }

    private void Process(DateTimeOffset due)
    {
        if (shard.Now - due > Schedule.Policies.CatchupWindow.OrZero()) Info.MissedCatchupWindow++;
        else RunAction(due, Schedule.Policies.OverlapPolicy, isTriggered: false);
    }

    private void Save()
    {
        shard.Store.Put(new RowKey(RowOwner, RowKind.Schedule, 1), description);
        shard.Store.Put(new RowKey(RowOwner, RowKind.Schedule, 2), processedUntil.ToTimestamp());
        shard.Store.Put(new RowKey(RowOwner, RowKind.Schedule, 3), handedOn);
    }

    private static ByteString Token(long changeCount)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, changeCount);
        return ByteString.CopyFrom(bytes);
    }
}
