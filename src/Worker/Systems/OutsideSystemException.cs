using System.Net;
using ControlPlane;

namespace Worker.Systems;

/// <summary>An outside system answered with an error, or with a success that cannot be used.</summary>
/// <param name="system">The name of the system for people.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="errorClass">The class of the error, from the table of the system.</param>
/// <param name="call">Method and path; never the query, which may contain an address.</param>
/// <param name="reason">The error text of the system, without addresses; null when it gave none.</param>
public sealed class OutsideSystemException(
    string system, HttpStatusCode status, ErrorClass errorClass, string call, string? reason)
    : Exception($"{system} answered {(int)status} to {call}{(reason is null ? "." : $": {reason}")}")
{
    public HttpStatusCode Status { get; } = status;

    public ErrorClass Class { get; } = errorClass;

    /// <summary>Whether the worker's own credentials were refused.</summary>
    public bool RefusesCredentials { get; init; }

    public string? Reason { get; } = reason;
}
