using EmbeddedTemporal.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>Applies a worker's completion of a workflow task to the run.</summary>
internal sealed class TaskCompletion(Run run, RespondWorkflowTaskCompletedRequest request)
{
    private readonly CompletionMessages messages = new(request);

    public void Apply()
    {
        RejectIfInvalid();
        var completedId = run.Task.Complete(request);
        foreach (var message in messages.WithoutCommand) run.Updates.Handle(message);
        // Before the commands: a command that ends the run sends the unanswered queries to the worker.
        run.Queries.TaskCompleted(request.QueryResults);
        var handler = new CommandHandler(run, completedId, request.Identity, messages);
        foreach (var command in request.Commands.TakeWhile(_ => run.State.IsOpen)) handler.Apply(command);
        if (run.State.IsOpen) ScheduleNextTask();
        run.Queries.SendWaiting();
    }

    /// <summary>
    /// Rejects an invalid completion. A workflow that ends without having seen its latest events is retried with them.
    /// The worker recognizes this case by the error message alone.
    /// </summary>
    private void RejectIfInvalid()
    {
        if (run.HasBuffered && request.Commands.Any(ClosesRun))
        {
            var cause = WorkflowTaskFailedCause.UnhandledCommand;
            run.Task.Fail(cause, ServerFailure("UnhandledCommand"), request.Identity);
            throw TemporalErrors.InvalidArgument("UnhandledCommand");
        }

        var bad = BadCommand.FindFirst(run, request.Commands) ?? BadMessage.FindFirst(run, messages);
        if (bad is null) return;
        // A failed first attempt is retried at once. Later attempts wait for the task's timeout, as in Temporal: a
        // worker that repeats the error would otherwise keep both sides busy.
        var message = $"{bad.Cause}: {bad.Message}";
        if (bad.EndsRun) run.FailAndTerminate(bad.Cause, ServerFailure(message), request.Identity);
        else if (run.Task.Attempt == 1) run.Task.Fail(bad.Cause, ServerFailure(message), request.Identity);
        throw TemporalErrors.InvalidArgument(message);
    }

    private void ScheduleNextTask()
    {
        var hasNewEvents = run.FlushBuffer() | run.Activities.NeedsWorkflowTask;
        run.Activities.NeedsWorkflowTask = false;
        if (hasNewEvents || request.ForceCreateNewWorkflowTask || run.Updates.HasAdmitted) run.Task.Schedule();
    }

    private static bool ClosesRun(Command command) => command.CommandType
        is CommandType.CompleteWorkflowExecution
        or CommandType.FailWorkflowExecution
        or CommandType.CancelWorkflowExecution
        or CommandType.ContinueAsNewWorkflowExecution;

    private static Failure ServerFailure(string message) =>
        new() { Message = message, Source = "Server", ServerFailureInfo = new() };
}
