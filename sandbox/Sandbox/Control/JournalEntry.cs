namespace Sandbox.Control;

/// <summary>
/// One call that a stand-in, or the proxy before a real server, received. No header and no body is kept; secret query
/// values read "***".
/// </summary>
/// <param name="Number">Order of arrival over all systems, from 1.</param>
/// <param name="Method">HTTP method, or the first word of a statement.</param>
/// <param name="Path">Or the name of the database.</param>
/// <param name="Query">Or the statement, of a COMMIT those of its transaction, with ? for each value.</param>
/// <param name="Status">What the system (or the fault in its place) answered; null while the call is under way. For
/// PostgreSQL 200, or 500 where it raised an error.</param>
/// <param name="Effect">The call was meant to change something, and the stand-in did it.</param>
/// <param name="Answered">The caller got the answer; false when the connection was lost before.</param>
/// <param name="Fault">Id of the fault that met this call, if one did.</param>
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
