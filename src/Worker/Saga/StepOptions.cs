using Temporalio.Common;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Systems.Novu;

namespace Worker.Saga;

/// <summary>
/// How patiently a step is tried. Its bound is start-to-close times attempts; there is no schedule-to-close, so waiting
/// in a queue or for a worker that is away never fails it.
/// </summary>
/// <param name="Queue">The queue of its tries; the undo runs on the queue's own undo queue.</param>
/// <param name="StartToClose">Of one try; longer than the timeout of any single call in it.</param>
/// <param name="Tries">How often it is tried before the tenant is rolled back.</param>
/// <param name="Heartbeat">
/// After this long without a sign of life a try counts as lost; null without heartbeats.
/// </param>
public sealed record StepOptions(TaskQueue Queue, TimeSpan StartToClose, int Tries, TimeSpan? Heartbeat)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxUndoDelay = TimeSpan.FromMinutes(5);
    private const int UndoTries = 60;

    /// <summary>A few statements in the control database.</summary>
    public static StepOptions Quick { get; } = new(TaskQueue.Control, TimeSpan.FromSeconds(30), 20, null);

    /// <summary>A few calls to an outside system.</summary>
    public static StepOptions Outside(TaskQueue queue) =>
        new(queue, TimeSpan.FromMinutes(2), 15, TimeSpan.FromSeconds(30));

    /// <summary>Minutes of work (infrastructure, a pipeline).</summary>
    public static StepOptions LongRunning(TaskQueue queue) =>
        new(queue, TimeSpan.FromMinutes(60), 3, TimeSpan.FromSeconds(30));

    /// <summary>A mail that is given up after two hours, and parked.</summary>
    public static StepOptions Mail { get; } =
        new(NovuSystem.MainQueue, TimeSpan.FromMinutes(1), 30, TimeSpan.FromSeconds(30));

    /// <summary>Cancelling waits until the try has really ended, so that no undo overtakes it.</summary>
    public ActivityOptions ForStep(CancellationToken cancellationToken) =>
        Activity(Queue, MaxDelay, Tries, cancellationToken);

    /// <summary>For hours, whatever becomes of the run: nothing cancels an undo.</summary>
    public ActivityOptions ForUndo() =>
        Activity(Queue.Undo!, MaxUndoDelay, UndoTries, CancellationToken.None);

    /// <summary>Reading after the undo, which has been patient already.</summary>
    public ActivityOptions ForReading() =>
        Activity(Queue.Undo!, MaxDelay, Tries, CancellationToken.None);

    /// <summary>The rollback's own rows: without them nothing is known, so they are tried without bound.</summary>
    public static ActivityOptions ForRollback { get; } = new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(30),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumInterval = MaxDelay },
        CancellationToken = CancellationToken.None,
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
    };

    private ActivityOptions Activity(
        TaskQueue queue, TimeSpan maxDelay, int tries, CancellationToken cancellationToken) => new()
        {
            TaskQueue = Workflow.Info.TaskQueue + queue.Suffix,
            StartToCloseTimeout = StartToClose,
            HeartbeatTimeout = Heartbeat,
            RetryPolicy = new RetryPolicy
            {
                InitialInterval = TimeSpan.FromSeconds(1),
                BackoffCoefficient = 2,
                MaximumInterval = maxDelay,
                MaximumAttempts = tries,
            },
            CancellationToken = cancellationToken,
            CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        };
}
