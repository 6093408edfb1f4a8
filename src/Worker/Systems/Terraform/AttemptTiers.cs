using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Npgsql;

namespace Worker.Systems.Terraform;

/// <summary>Reads the tier of an attempt, whose module is applied.</summary>
public sealed class AttemptTiers(NpgsqlDataSource database)
{
    /// <summary>Reads the tier; that of an attempt which a restored database has lost is unknown, and pooled.</summary>
    public async Task<string> ReadAsync(ProvisionTenantInput input, CancellationToken cancellationToken) =>
        (await database.Command(
            "SELECT tier FROM provisioning_attempts WHERE tenant_id = $1 AND attempt = $2",
            input.TenantId, input.Attempt).ReadAllAsync(row => row.Text("tier"), cancellationToken))
        .FirstOrDefault() ?? TenantTier.Pooled.ToText();
}
