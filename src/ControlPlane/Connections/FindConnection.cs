using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Connections;

/// <summary>Finds the connection of the tenant to which a key or a proven domain belongs.</summary>
public sealed class FindConnection(NpgsqlDataSource database, GetConnection connections)
{
    /// <param name="key">The tenant's key; null with a domain.</param>
    /// <param name="domain">A proven domain of the tenant; null with a key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ControlPlaneException">
    /// Not exactly one of both is given, or it is invalid; no live tenant has it; the tenant is not ACTIVE
    /// (<c>wrong_state</c>).
    /// </exception>
    public async Task<TenantConnection> ExecuteAsync(
        string? key, string? domain, CancellationToken cancellationToken)
    {
        var found = (key, domain) switch
        {
            ({ } text, null) => await database.Command(
                "SELECT id FROM tenants WHERE key = $1 AND status NOT IN ('EXPIRED', 'RELEASED')",
                Field.Required(text, "key", TenantKey.MaxConfigurableLength).ToLowerInvariant())
                .ReadAllAsync(row => row.Id("id"), cancellationToken),
            (null, { } text) => await database.Command(
                "SELECT tenant_id AS id FROM tenant_domains WHERE domain = $1 AND state = 'PROVEN'",
                DomainName.ParseStored(text, "domain").Value).ReadAllAsync(row => row.Id("id"), cancellationToken),
            _ => throw ControlPlaneException.Invalid("key", "Either key or domain is expected."),
        };
        return found is [var id]
            ? await connections.ExecuteAsync(id, cancellationToken)
            : throw new ControlPlaneException(ErrorCode.NotFound,
                $"No tenant has this {(key is null ? "proven domain" : "key")}.");
    }
}
