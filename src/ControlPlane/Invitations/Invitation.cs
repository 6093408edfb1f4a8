using ControlPlane.Security;

namespace ControlPlane.Invitations;

/// <summary>
/// The administrator's way to a first password: a one-time link. Used up only when Keycloak has taken the password.
/// </summary>
public sealed record Invitation(
    Guid Id, Guid TenantId, int Generation, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt)
{
    /// <summary>How long a link is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    /// <exception cref="ControlPlaneException">The token is not of this generation, used, or expired.</exception>
    public void RequireAcceptable(string token, MailedTokens tokens, DateTimeOffset now)
    {
        if (!tokens.IsGenuine(token, MailedTokenKind.Invitation, Id, Generation))
        {
            throw InvalidToken();
        }

        if (AcceptedAt is not null)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "The invitation has been used. Log in with the password that was set, or ask for a new invitation.");
        }

        if (now >= ExpiresAt)
        {
            throw new ControlPlaneException(ErrorCode.TokenExpired,
                "The invitation has expired. Ask whoever invited you for a new one.");
        }
    }

    /// <summary>The same answer for a wrong token and for an invitation that does not exist.</summary>
    public static ControlPlaneException InvalidToken() => new(ErrorCode.TokenInvalid,
        "The invitation is unknown, or a newer one was sent since: use the link of the newest mail.", "token");
}
