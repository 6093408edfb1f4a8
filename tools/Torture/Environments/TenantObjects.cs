namespace Torture.Environments;

/// <summary>The objects with a tenant's names that exist in the outside systems, foreign ones included.</summary>
/// <param name="Realms">Names with ids.</param>
/// <param name="Clients">Number of the application's clients in the realm.</param>
/// <param name="Users">Number of users in the realm.</param>
/// <param name="Schemas">Names with owners.</param>
/// <param name="Roles">Names.</param>
/// <param name="Buckets">Names with tags.</param>
internal sealed record TenantObjects(
    IReadOnlyList<string> Realms,
    int Clients,
    int Users,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Buckets)
{
    /// <summary>Each object by kind, name and details.</summary>
    public IEnumerable<string> Names =>
    [
        .. Realms.Select(realm => $"realm {realm}"),
        .. Schemas.Select(schema => $"schema {schema}"),
        .. Roles.Select(role => $"role {role}"),
        .. Buckets.Select(bucket => $"bucket {bucket}"),
    ];
}
