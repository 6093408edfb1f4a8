using System.Net;

namespace Worker.Systems;

/// <summary>An outside system answered, and not with a success that can be used.</summary>
/// <param name="system">Its name, for a person.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="call">Method and path; never the query, which may hold an address.</param>
/// <param name="reason">The system's own words, without addresses; null where it gave none.</param>
public sealed class OutsideSystemException(string system, HttpStatusCode status, string call, string? reason)
    : Exception($"{system} answered {(int)status} to {call}{(reason is null ? "." : $": {reason}")}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>It refuses our account itself: no later try of the same call is any better.</summary>
    public bool RefusesCredentials { get; init; }

    public string? Reason { get; } = reason;
}
