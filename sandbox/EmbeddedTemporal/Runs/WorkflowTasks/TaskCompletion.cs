using EmbeddedTemporal.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>What a worker's completion of a workflow task does to the run.</summary>
internal sealed class TaskCompletion(Run run, RespondWorkflowTaskCompletedRequest request)
{
    private readonly CompletedMessages messages = new(request);

    public void Apply()
    {
        Refuse();
        var completedId = run.Task.Complete(request);
        foreach (var message in messages.OfNoCommand) run.Updates.Handle(message);
        // Before the commands: one that ends the run sends to the worker what is not answered yet.
        run.Queries.Completed(request.QueryResults);
        var handler = new CommandHandler(run, completedId, request.Identity, messages);
        foreach (var command in request.Commands.TakeWhile(_ => run.State.IsOpen)) handler.Apply(command);
        if (run.State.IsOpen) GoOn();
        run.Queries.SendWaiting();
    }

    /// <summary>
    /// A workflow that ends without having seen its latest events tries again with them. The worker knows this by
    /// the text of the error alone.
    /// </summary>
    private void Refuse()
    {
        if (run.HasBuffered && request.Commands.Any(Closes))
        {
            run.Task.Fail(WorkflowTaskFailedCause.UnhandledCommand, Because("UnhandledCommand"), request.Identity);
            throw TemporalErrors.InvalidArgument("UnhandledCommand");
        }

        var bad = BadCommand.FirstOf(run, request.Commands) ?? BadMessage.FirstOf(run, messages);
        if (bad is null) return;
        // The first attempt is told and tried again at once. From the second on the task's timeout sets the pace, as in
        // Temporal: a worker that makes the same mistake each time would keep both sides busy.
        if (run.Task.Attempt == 1) run.Task.Fail(bad.Cause, Because(bad.Message), request.Identity);
        throw TemporalErrors.InvalidArgument($"{bad.Cause}: {bad.Message}");
    }

    private void GoOn()
    {
        var isNews = run.FlushBuffer() | run.Activities.NeedsTask;
        run.Activities.NeedsTask = false;
        if (isNews || request.ForceCreateNewWorkflowTask || run.Updates.IsAnyWaiting) run.Task.Schedule();
    }

    private static bool Closes(Command command) => command.CommandType
        is CommandType.CompleteWorkflowExecution
        or CommandType.FailWorkflowExecution
        or CommandType.CancelWorkflowExecution
        or CommandType.ContinueAsNewWorkflowExecution;

    private static Failure Because(string message) =>
        new() { Message = message, Source = "Server", ServerFailureInfo = new() };
}
