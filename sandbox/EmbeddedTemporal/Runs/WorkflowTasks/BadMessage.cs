using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>
/// Validates the update messages of a workflow task. All messages are checked before anything is written: the worker
/// may refer to an update that was lost in a restart of the server.
/// </summary>
internal static class BadMessage
{
    public static BadCommand? FindFirst(Run run, CompletionMessages messages)
    {
        if (messages.DuplicateId is { } duplicateId) return Bad($"two messages have the id {duplicateId}");
        if (messages.MissingId is { } missingId)
            return Bad($"a command refers to message {missingId}, which does not exist");
        var stages = new Dictionary<string, Stage>();
        foreach (var message in messages.InOrder)
        {
            if (Check(run, message, stages) is { } bad) return bad;
        }

        return null;
    }

    private static BadCommand? Check(Run run, Message message, Dictionary<string, Stage> stages)
    {
        var id = message.ProtocolInstanceId;
        if (!stages.TryGetValue(id, out var stage)) stage = run.Updates.Find(id)?.Stage ?? Stage.Unspecified;
        if (stage == Stage.Unspecified)
            return Bad($"update {id} is unknown, possibly after a restart; the next attempt may succeed without it");
        (Stage Before, Stage After)? step = message.Body switch
        {
            { } body when Is<Acceptance>(body) => (Stage.Admitted, Stage.Accepted),
            { } body when Is<Rejection>(body) => (Stage.Admitted, Stage.Unspecified),
            { } body when Is<Response>(body) => (Stage.Accepted, Stage.Completed),
            _ => null,
        };
        if (step is not { } transition) return Bad($"message {message.Id} has an unsupported type");
        if (stage != transition.Before)
            return Bad($"update {id} is {stage} and does not accept {Any.GetTypeName(message.Body.TypeUrl)}");
        stages[id] = transition.After;
        return null;
    }

    private static bool Is<T>(Any body)
        where T : IMessage<T>, new()
    {
        try
        {
            return body.TryUnpack<T>(out _);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static BadCommand Bad(string message) =>
        new(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, message);
}
