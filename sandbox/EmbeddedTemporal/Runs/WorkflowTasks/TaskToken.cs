using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs.WorkflowTasks;

/// <summary>Names one attempt of one task; it stays valid over a restart of the server.</summary>
/// <param name="EventId">The started event of a workflow task, the scheduled event of an activity.</param>
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
