using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>Identifies one attempt of a task. It stays valid after a restart of the server.</summary>
/// <param name="EventId">The started event id of a workflow task, or the scheduled event id of an activity.</param>
internal readonly record struct TaskToken(string RunId, long EventId, int Attempt)
{
    public ByteString ToBytes() => ByteString.CopyFromUtf8(FormattableString.Invariant($"{RunId}/{EventId}/{Attempt}"));

    public static TaskToken Parse(ByteString token)
    {
        var parts = token.ToStringUtf8().Split('/');
        return parts.Length == 3 && long.TryParse(parts[1], out var id) && int.TryParse(parts[2], out var attempt)
            ? new TaskToken(parts[0], id, attempt)
            : throw TemporalErrors.InvalidArgument("task_token is not a token of this server");
    }
}
