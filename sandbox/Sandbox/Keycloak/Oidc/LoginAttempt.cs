namespace Sandbox.Keycloak.Oidc;

/// <summary>One browser tab on its way through the login page, for one request of one client.</summary>
internal sealed record LoginAttempt
{
    /// <summary>In the addresses of the pages; names the tab.</summary>
    public required string TabId { get; init; }

    /// <summary>In the browser's cookie; only that browser may go on with the attempt.</summary>
    public required string BrowserId { get; init; }

    public required string RealmId { get; init; }

    public required AuthorizationRequest Request { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Started { get; init; }

    /// <summary>In the form's address; each page that is shown has a new one, and only the last one counts.</summary>
    public required string SessionCode { get; init; }

    /// <summary>Who has proved their password; set while required actions are open.</summary>
    public string? UserId { get; init; }

    /// <summary>The attempt has ended in a code; a form that is sent once more gets no second one.</summary>
    public bool Finished { get; init; }
}
