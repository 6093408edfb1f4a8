using ControlPlane.Security;

namespace ControlPlane.Invitations;

/// <summary>
/// The one-time link with which the admin user sets the first password. It is used up only once Keycloak accepts the
/// password.
/// </summary>
public sealed record Invitation(
    Guid Id, Guid TenantId, int Generation, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt)
{
    /// <summary>The time for which a link is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    /// <exception cref="ControlPlaneException">
    /// The token is not of this generation, or the invitation is used or expired.
    /// </exception>
    public void RequireAcceptable(string token, MailedTokens tokens, DateTimeOffset now)
    {
        RequireGenuine(token, tokens);
        if (AcceptedAt is not null)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "The invitation has been used. Log in with the password that was set, or ask for a new invitation.");
        }

        if (now >= ExpiresAt)
        {
            throw new ControlPlaneException(ErrorCode.TokenExpired,
                "The invitation has expired. Ask for a new one.");
        }
    }

    /// <exception cref="ControlPlaneException">The token is not of this generation.</exception>
    public void RequireGenuine(string token, MailedTokens tokens)
    {
        if (!tokens.IsGenuine(token, MailedTokenKind.Invitation, Id, Generation))
        {
            throw InvalidToken();
        }
    }

    /// <summary>Creates the same error for a wrong token and an unknown invitation.</summary>
    public static ControlPlaneException InvalidToken() => new(ErrorCode.TokenInvalid,
        "The invitation is unknown, or a newer one was sent: use the link of the newest mail.", "token");
}
