using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The user and the client of a token: the input of the protocol mappers.</summary>
internal sealed record TokenSubject(Realm Realm, Client Client, User User, Session? Session, IReadOnlyList<Role> Roles)
{
    /// <summary>Session notes; for service accounts, the client's id and address.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();
}
