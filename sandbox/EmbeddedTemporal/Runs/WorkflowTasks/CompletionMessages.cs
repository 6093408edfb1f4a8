using Temporalio.Api.Protocol.V1;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>The update messages in the completion of a workflow task.</summary>
internal sealed class CompletionMessages
{
    private readonly Dictionary<string, Message> byId = [];

    public CompletionMessages(RespondWorkflowTaskCompletedRequest request)
    {
        foreach (var message in request.Messages)
        {
            if (!byId.TryAdd(message.Id, message)) DuplicateId ??= message.Id;
        }

        string[] byCommand =
        [
            .. request.Commands
                .Where(command => command.CommandType == CommandType.ProtocolMessage)
                .Select(command => command.ProtocolMessageCommandAttributes?.MessageId ?? ""),
        ];
        MissingId = byCommand.FirstOrDefault(id => !byId.ContainsKey(id));
        WithoutCommand = [.. request.Messages.ExceptBy(byCommand, message => message.Id)];
        InOrder = WithoutCommand.Concat(byCommand.Select(id => byId[id]));
    }

    /// <summary>An id that two messages share; null if all ids are unique.</summary>
    public string? DuplicateId { get; }

    /// <summary>A message id that a command refers to but no message has; null if there is none.</summary>
    public string? MissingId { get; }

    /// <summary>The messages that no command refers to. They take effect before all commands.</summary>
    public IReadOnlyList<Message> WithoutCommand { get; }

    /// <summary>All messages in the order of their effect. A message appears once for each effect.</summary>
    public IEnumerable<Message> InOrder { get; }

    public Message this[string id] => byId[id];
}
