using System.Net;
using ControlPlane;

namespace Worker.Systems;

/// <summary>The table of errors of a system that is called over HTTP.</summary>
/// <param name="System">The name of the system for people.</param>
/// <param name="Classify">Gives the class of a status, and of the system's own words where they tell more.</param>
/// <param name="RefusesCredentials">Whether a status refuses the worker's own credentials.</param>
public sealed record HttpErrors(
    string System, Func<HttpStatusCode, string?, ErrorClass> Classify, Func<HttpStatusCode, bool> RefusesCredentials)
{
    /// <summary>The classes that every system shares.</summary>
    public static ErrorClass ClassifyStatus(HttpStatusCode status) => (int)status switch
    {
        // A success that cannot be used, such as a truncated body.
        >= 200 and < 300 => ErrorClass.Temporary,
        // A redirect comes from a proxy, or from a server of another place.
        >= 300 and < 400 => ErrorClass.Connection,
        // Refused credentials or a missing right; 421 and 431 are about the connection and the size of our token.
        401 or 403 or 407 or 421 or 431 or 511 => ErrorClass.Connection,
        408 or 409 or 423 or 425 or 429 => ErrorClass.Temporary,
        501 or 505 => ErrorClass.Content,
        // The system, or the proxy before it, reports that it is away.
        502 or 503 => ErrorClass.Connection,
        >= 500 => ErrorClass.Temporary,
        _ => ErrorClass.Content,
    };
}
