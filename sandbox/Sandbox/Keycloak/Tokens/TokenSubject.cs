using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Who a token is about, and for whom: what protocol mappers draw their claims from.</summary>
internal sealed record TokenSubject(Realm Realm, Client Client, User User, Session? Session, IReadOnlyList<Role> Roles)
{
    /// <summary>What the login noted about itself: for the service accounts, where the client called from.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}
