namespace Torture.Environments;

/// <summary>What there is of a tenant in the systems themselves, whoever made it.</summary>
/// <param name="Realms">Each with its id.</param>
/// <param name="Clients">Of the application, in the realm.</param>
/// <param name="Users">In the realm.</param>
/// <param name="Buckets">Each with its tags.</param>
internal sealed record TenantObjects(
    IReadOnlyList<string> Realms,
    int Clients,
    int Users,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Buckets)
{
    public IEnumerable<string> Names =>
    [
        .. Realms.Select(realm => $"realm {realm}"),
        .. Schemas.Select(schema => $"schema {schema}"),
        .. Roles.Select(role => $"role {role}"),
        .. Buckets.Select(bucket => $"bucket {bucket}"),
    ];
}
