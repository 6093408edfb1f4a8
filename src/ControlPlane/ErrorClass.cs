namespace ControlPlane;

/// <summary>
/// The kind of an outside system's error. Each system has one table that gives the class of each of its errors.
/// </summary>
public enum ErrorClass
{
    /// <summary>
    /// The error tells where or how this process is connected: a read-only or starting server, refused credentials, a
    /// missing grant. A person or a failover solves it, so a step waits for a day. Over HTTP: 503.
    /// </summary>
    Connection = 1,

    /// <summary>The system is overloaded, or failed inside: a step tries again for minutes. Over HTTP: 503.</summary>
    Temporary,

    /// <summary>The error refuses the content of this call: the same call fails again.</summary>
    Content,
}
