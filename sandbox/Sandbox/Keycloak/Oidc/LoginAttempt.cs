namespace Sandbox.Keycloak.Oidc;

/// <summary>A login in progress in one browser tab, for one authorization request.</summary>
internal sealed record LoginAttempt
{
    /// <summary>Identifies the tab; part of the page addresses.</summary>
    public required string TabId { get; init; }

    /// <summary>The value of the browser's cookie; only that browser may continue the attempt.</summary>
    public required string BrowserId { get; init; }

    public required string RealmId { get; init; }

    public required AuthorizationRequest Request { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Started { get; init; }

    /// <summary>Part of the form's address; each page gets a new code, and only the latest is valid.</summary>
    public required string SessionCode { get; init; }

    /// <summary>The session whose user enters the password again; null for a first login.</summary>
    public RepeatedLogin? Repeated { get; init; }

    /// <summary>The authenticated user; set while required actions are pending.</summary>
    public string? UserId { get; init; }

    /// <summary>Whether the attempt has ended with a code; a repeated form gets no second code.</summary>
    public bool IsFinished { get; init; }
}

/// <summary>A login of the user of a session; the page does not ask for the name.</summary>
internal sealed record RepeatedLogin(string SessionId, string Username);
