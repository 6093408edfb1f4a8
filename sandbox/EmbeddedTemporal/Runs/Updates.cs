using EmbeddedTemporal.Rpc;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The updates of a run. Before acceptance an update lives in memory only, as in Temporal: its caller asks again
/// with the same id. Messages: https://github.com/temporalio/api/blob/master/temporal/api/protocol/v1/message.proto
/// </summary>
internal sealed class Updates(Run run)
{
    private readonly Dictionary<string, WorkflowUpdate> known = [];

    /// <summary>Whether an update has not been shown to the workflow yet.</summary>
    public bool IsAnyWaiting => known.Values.Any(update => update.Stage == Stage.Admitted);

    public WorkflowUpdate Admit(Request request)
    {
        if (Find(request.Meta.UpdateId) is { } same) return same;
        if (!run.State.IsOpen) throw TemporalErrors.AlreadyCompleted();
        var update = new WorkflowUpdate(request.Meta.UpdateId) { Request = request };
        known.Add(update.Id, update);
        run.Task.Schedule();
        return update;
    }

    public WorkflowUpdate? Find(string id)
    {
        if (known.TryGetValue(id, out var update)) return update;
        if (!run.State.Updates.TryGetValue(id, out var accepted)) return null;
        update = new WorkflowUpdate(id) { Stage = Stage.Accepted };
        if (accepted.Outcome is not null) update.Complete(accepted.Outcome);
        else if (!run.State.IsOpen) update.Complete(new Outcome { Failure = ClosedBefore() });
        return known[id] = update;
    }

    /// <summary>The requests that the workflow task with this started event brings to the workflow.</summary>
    public IEnumerable<Message> Requests(long startedId) => known.Values
        .Where(update => update.Stage == Stage.Admitted)
        .Select(update => new Message
        {
            Id = RequestMessageId(update.Id),
            ProtocolInstanceId = update.Id,
            // Core wants the event before the task's start, and takes anything else for a server's bug.
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
        foreach (var update in known.Values.Where(update => update.Stage == Stage.Admitted))
        {
            update.Error = run.State.Status == WorkflowExecutionStatus.ContinuedAsNew
                ? TemporalErrors.Unavailable("the workflow continues as new: ask again")
                : TemporalErrors.AlreadyCompleted();
        }

        foreach (var id in run.State.Updates.Where(update => update.Value.Outcome is null).Select(update => update.Key))
            Find(id)!.Complete(new Outcome { Failure = ClosedBefore() });
        run.Pulse();
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
                // Replay reads the request from here; a worker need not send it back.
                AcceptedRequest = acceptance.AcceptedRequest ?? update.Request,
            },
        });
        update.Stage = Stage.Accepted;
    }

    private void Reject(Message message, Rejection rejection)
    {
        Require(message).Complete(new Outcome { Failure = rejection.Failure });
        known.Remove(message.ProtocolInstanceId);
        run.Pulse();
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
        run.Pulse();
    }

    /// <summary>That there is one was checked before: see <see cref="WorkflowTasks.BadMessage"/>.</summary>
    private WorkflowUpdate Require(Message message) => Find(message.ProtocolInstanceId)!;

    private static string RequestMessageId(string updateId) => $"{updateId}/request";

    private static Failure ClosedBefore() => new()
    {
        Message = "Workflow Update failed because the Workflow completed before the Update completed.",
        Source = "Server",
        ApplicationFailureInfo = new() { Type = "AcceptedUpdateCompletedWorkflow", NonRetryable = true },
    };
}
