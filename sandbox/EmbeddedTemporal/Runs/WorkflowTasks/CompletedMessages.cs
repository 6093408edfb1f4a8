using Temporalio.Api.Protocol.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>The messages about updates with which a worker completes a workflow task.</summary>
internal sealed class CompletedMessages
{
    private readonly Dictionary<string, Message> byId = [];

    public CompletedMessages(RespondWorkflowTaskCompletedRequest request)
    {
        foreach (var message in request.Messages)
        {
            if (!byId.TryAdd(message.Id, message)) Doubled ??= message.Id;
        }

        string[] byCommand =
        [
            .. request.Commands
                .Where(command => command.CommandType == CommandType.ProtocolMessage)
                .Select(command => command.ProtocolMessageCommandAttributes?.MessageId ?? ""),
        ];
        Absent = byCommand.FirstOrDefault(id => !byId.ContainsKey(id));
        OfNoCommand = [.. request.Messages.ExceptBy(byCommand, message => message.Id)];
        InOrder = OfNoCommand.Concat(byCommand.Select(id => byId[id]));
    }

    /// <summary>An id that two messages have; null if each has its own.</summary>
    public string? Doubled { get; }

    /// <summary>An id that a command names and no message has; null if there is none.</summary>
    public string? Absent { get; }

    /// <summary>Messages that no command names: they take effect before all commands.</summary>
    public IReadOnlyList<Message> OfNoCommand { get; }

    /// <summary>All messages as they take effect, each as often as it does.</summary>
    public IEnumerable<Message> InOrder { get; }

    public Message this[string id] => byId[id];
}
