using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>
/// Why a workflow task's messages about updates cannot be carried out. Checked as a whole before anything is written:
/// the worker may speak of an update that was lost with the server's memory.
/// </summary>
internal static class BadMessage
{
    public static BadCommand? FirstOf(Run run, CompletedMessages messages)
    {
        if (messages.Doubled is { } doubled) return Bad($"two messages have the id {doubled}");
        if (messages.Absent is { } absent) return Bad($"a command names the message {absent}, which is not there");
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
            return Bad($"update {id} is not known, perhaps any more; the next attempt may go well without it");
        (Stage Before, Stage After)? step = message.Body switch
        {
            { } body when Is<Acceptance>(body) => (Stage.Admitted, Stage.Accepted),
            { } body when Is<Rejection>(body) => (Stage.Admitted, Stage.Unspecified),
            { } body when Is<Response>(body) => (Stage.Accepted, Stage.Completed),
            _ => null,
        };
        if (step is not { } taken) return Bad($"message {message.Id} is none that the server understands");
        if (stage != taken.Before)
            return Bad($"update {id} is {stage} and takes no {Any.GetTypeName(message.Body.TypeUrl)}");
        stages[id] = taken.After;
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
