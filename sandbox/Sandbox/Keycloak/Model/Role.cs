using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>
/// A role of a realm, or of one of its clients if <see cref="ClientId"/> (the client's id, not its name) is set.
/// </summary>
public sealed record Role(string Id, string Name, string? ClientId)
{
    public string? Description { get; init; }

    /// <summary>Ids of the roles that this role contains.</summary>
    public ImmutableHashSet<string> Composites { get; init; } = [];

    public Document Attributes { get; init; } = Document.Empty;
}
