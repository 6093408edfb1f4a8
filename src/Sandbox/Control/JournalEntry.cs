namespace Sandbox.Control;

/// <summary>One call that a stand-in received. No header and no body is kept; secret query values read "***".</summary>
/// <param name="Number">Order of arrival over all systems, from 1.</param>
/// <param name="Status">What the stand-in (or the fault in its place) answered; null while the call is under
/// way.</param>
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
