namespace Sandbox.Control;

/// <summary>
/// One call that a stand-in, or the proxy in front of a real server, received. Headers and bodies are not stored;
/// secret query values are replaced by "***".
/// </summary>
/// <param name="Number">Sequence number over all systems, from 1.</param>
/// <param name="Method">HTTP method, or the first word of the SQL statement.</param>
/// <param name="Path">Path, or the name of the database.</param>
/// <param name="Query">
/// Query, or the statement with ? for each value; for a COMMIT, all statements of its transaction.
/// </param>
/// <param name="Status">
/// Status of the answer, from the system or from the fault; null while the call is in progress. For PostgreSQL: 200, or
/// 500 after an error.
/// </param>
/// <param name="Effect">Whether the call was a write and succeeded.</param>
/// <param name="Answered">Whether the caller got the answer; false if the connection was lost first.</param>
/// <param name="Fault">Id of the fault that applied to the call; null if none did.</param>
public sealed record JournalEntry(
    long Number,
    DateTimeOffset Time,
    string System,
    string Method,
    string Path,
    string Query,
    int? Status = null,
    bool Effect = false,
    bool Answered = false,
    string? Fault = null);
