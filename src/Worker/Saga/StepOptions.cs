using Temporalio.Common;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Systems.Novu;

namespace Worker.Saga;

/// <summary>
/// The task queue, timeouts and retries of a step. The total time is bounded by the start-to-close timeout times the
/// tries. There is no schedule-to-close timeout, so that a full queue or an absent worker never fails a step.
/// </summary>
/// <param name="Queue">The task queue of the step; its undo runs on <see cref="TaskQueue.Undo"/>.</param>
/// <param name="StartToClose">The timeout of one try, longer than that of any single call in it.</param>
/// <param name="MaxTries">
/// The number of tries before the attempt is rolled back. After errors of the connection they begin again.
/// </param>
/// <param name="HeartbeatTimeout">The time without a heartbeat after which a try is lost; null: no heartbeats.</param>
public sealed record StepOptions(TaskQueue Queue, TimeSpan StartToClose, int MaxTries, TimeSpan? HeartbeatTimeout)
{
    /// <summary>
    /// How long a step waits for the end of <see cref="ControlPlane.ErrorClass.Connection"/>: a day, for a person who
    /// has to correct credentials or a grant.
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxUndoDelay = TimeSpan.FromMinutes(5);
    private const int MaxUndoTries = 60;

    /// <summary>For a few statements in the control database.</summary>
    public static StepOptions Quick { get; } = new(TaskQueue.Control, TimeSpan.FromSeconds(30), 20, null);

    /// <summary>For a few calls to an outside system.</summary>
    public static StepOptions OutsideSystem(TaskQueue queue) =>
        new(queue, TimeSpan.FromMinutes(2), 15, TimeSpan.FromSeconds(30));

    /// <summary>For work of minutes (infrastructure, a pipeline).</summary>
    public static StepOptions LongRunning(TaskQueue queue) =>
        new(queue, TimeSpan.FromMinutes(60), 3, TimeSpan.FromSeconds(30));

    /// <summary>For a mail, given up after two hours.</summary>
    public static StepOptions Mail { get; } =
        new(NovuSystem.MainQueue, TimeSpan.FromMinutes(1), 30, TimeSpan.FromSeconds(30));

    /// <summary>
    /// The options of the step. A cancellation waits until the try has ended, so that no undo overtakes it.
    /// </summary>
    public ActivityOptions ForStep(CancellationToken cancellationToken) =>
        Activity(Queue, MaxDelay, MaxTries, cancellationToken);

    /// <summary>The options of the undo: retried for hours, never cancelled.</summary>
    public ActivityOptions ForUndo() =>
        Activity(Queue.Undo!, MaxUndoDelay, MaxUndoTries, CancellationToken.None);

    /// <summary>
    /// The options of the reading after the undo. It has fewer retries, since the undo was retried for hours.
    /// </summary>
    public ActivityOptions ForReading() =>
        Activity(Queue.Undo!, MaxDelay, MaxTries, CancellationToken.None);

    /// <summary>
    /// The options of the rollback's writes to the control database. Nothing replaces them, so the number of tries is
    /// unlimited.
    /// </summary>
    public static ActivityOptions ForRollback { get; } = new()
    {
        StartToCloseTimeout = TimeSpan.FromSeconds(30),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumInterval = MaxDelay },
        CancellationToken = CancellationToken.None,
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
    };

    private ActivityOptions Activity(
        TaskQueue queue, TimeSpan maxDelay, int maxTries, CancellationToken cancellationToken) => new()
        {
            TaskQueue = Workflow.Info.TaskQueue + queue.Suffix,
            StartToCloseTimeout = StartToClose,
            HeartbeatTimeout = HeartbeatTimeout,
            RetryPolicy = new RetryPolicy
            {
                InitialInterval = TimeSpan.FromSeconds(1),
                BackoffCoefficient = 2,
                MaximumInterval = maxDelay,
                MaximumAttempts = maxTries,
            },
            CancellationToken = cancellationToken,
            CancellationType = ActivityCancellationType.WaitCancellationCompleted,
        };
}
