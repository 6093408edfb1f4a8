using EmbeddedTemporal.Rpc;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The updates of a run. Before acceptance an update exists in memory only, as in Temporal; its caller retries with the
/// same id. Messages: https://github.com/temporalio/api/blob/master/temporal/api/protocol/v1/message.proto
/// </summary>
internal sealed class Updates(Run run)
{
    private readonly Dictionary<string, WorkflowUpdate> updates = [];

    /// <summary>Whether an update waits for its delivery to the workflow.</summary>
    public bool HasAdmitted => updates.Values.Any(update => update.Stage == Stage.Admitted);

    public WorkflowUpdate Admit(Request request)
    {
        if (Find(request.Meta.UpdateId) is { } existing) return existing;
        if (!run.State.IsOpen) throw TemporalErrors.AlreadyCompleted();
        var update = new WorkflowUpdate(request.Meta.UpdateId) { Request = request };
        updates.Add(update.Id, update);
        run.Task.Schedule();
        return update;
    }

    public WorkflowUpdate? Find(string id)
    {
        if (updates.TryGetValue(id, out var update)) return update;
        if (!run.State.Updates.TryGetValue(id, out var accepted)) return null;
        update = new WorkflowUpdate(id) { Stage = Stage.Accepted };
        if (accepted.Outcome is not null) update.Complete(accepted.Outcome);
        else if (!run.State.IsOpen) update.Complete(new Outcome { Failure = RunClosedFailure() });
        return updates[id] = update;
    }

    /// <summary>The messages that deliver the admitted updates in the workflow task with this started event.</summary>
    public IEnumerable<Message> RequestMessages(long startedId) => updates.Values
        .Where(update => update.Stage == Stage.Admitted)
        .Select(update => new Message
        {
            Id = RequestMessageId(update.Id),
            ProtocolInstanceId = update.Id,
            // Core requires the event before the task's start and treats anything else as a server bug.
            EventId = startedId - 1,
            Body = Any.Pack(update.Request),
        });

    public void Handle(Message message)
    {
        if (message.Body.TryUnpack<Acceptance>(out var acceptance)) Accept(message, acceptance);
        else if (message.Body.TryUnpack<Rejection>(out var rejection)) Reject(message, rejection);
        else if (message.Body.TryUnpack<Response>(out var response)) Respond(message, response);
    }

    public void Close()
    {
        foreach (var update in updates.Values.Where(update => update.Stage == Stage.Admitted))
        {
            update.Error = run.State.Status == WorkflowExecutionStatus.ContinuedAsNew
                ? TemporalErrors.Unavailable("the workflow continued as new: retry the update")
                : TemporalErrors.AlreadyCompleted();
        }

        foreach (var id in run.State.Updates.Where(update => update.Value.Outcome is null).Select(update => update.Key))
            Find(id)!.Complete(new Outcome { Failure = RunClosedFailure() });
        run.NotifyChanged();
    }

    private void Accept(Message message, Acceptance acceptance)
    {
        var update = Require(message);
        run.Append(new HistoryEvent
        {
            WorkflowExecutionUpdateAcceptedEventAttributes = new()
            {
                ProtocolInstanceId = update.Id,
                AcceptedRequestMessageId = RequestMessageId(update.Id),
                AcceptedRequestSequencingEventId = acceptance.AcceptedRequestSequencingEventId,
                // Replay reads the request from this event; a worker need not send it back.
                AcceptedRequest = acceptance.AcceptedRequest ?? update.Request,
            },
        });
        update.Stage = Stage.Accepted;
    }

    private void Reject(Message message, Rejection rejection)
    {
        Require(message).Complete(new Outcome { Failure = rejection.Failure });
        updates.Remove(message.ProtocolInstanceId);
        run.NotifyChanged();
    }

    private void Respond(Message message, Response response)
    {
        var update = Require(message);
        run.Append(new HistoryEvent
        {
            WorkflowExecutionUpdateCompletedEventAttributes = new()
            {
                Meta = new Meta { UpdateId = update.Id, Identity = response.Meta?.Identity ?? "" },
                AcceptedEventId = run.State.Updates[update.Id].AcceptedEventId,
                Outcome = response.Outcome,
            },
        });
        update.Complete(response.Outcome);
        run.NotifyChanged();
    }

    /// <summary>Returns the update, whose existence <see cref="WorkflowTasks.BadMessage"/> has checked.</summary>
    private WorkflowUpdate Require(Message message) => Find(message.ProtocolInstanceId)!;

    private static string RequestMessageId(string updateId) => $"{updateId}/request";

    private static Failure RunClosedFailure() => new()
    {
        Message = "Workflow Update failed because the Workflow completed before the Update completed.",
        Source = "Server",
        ApplicationFailureInfo = new() { Type = "AcceptedUpdateCompletedWorkflow", NonRetryable = true },
    };
}
