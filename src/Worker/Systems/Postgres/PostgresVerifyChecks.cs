using Worker.Commands.Verify;
using Worker.Steps;

namespace Worker.Systems.Postgres;

/// <summary>Verifies a tenant's rows in the control database, and its schema and role.</summary>
internal static class PostgresVerifyChecks
{
    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
    [
        new("tenant", null, _ => Task.FromResult(
            VerifyResult.Of("tenant", tenant.Facts.Status == "ACTIVE", tenant.Facts.Status))),
        new("schema", ProvisionDatabase.Id, token => SchemaAsync(tenant, token)),
        new("database login", ProvisionDatabase.Id, token => LoginCheck.RunAsync(tenant, token)),
        new("resource records", null, _ => Task.FromResult(ResourceRecords(tenant))),
    ];

    private static async Task<VerifyResult> SchemaAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Schema;
        var (schema, role) = await tenant.Host.GetService<TenantSchemas>().FindAsync(
            name, tenant.Mark, cancellationToken);
        return VerifyResult.Of("schema", schema && role, (schema, role) switch
        {
            (true, true) => $"{name}, owned by its role",
            (true, false) => $"{name} exists, its role does not",
            (false, true) => $"{name} does not exist, its role does",
            _ => $"{name} does not exist",
        });
    }

    // Each object that a step of the plan creates has a row with the state CREATED.
    private static VerifyResult ResourceRecords(TenantToVerify tenant)
    {
        var missing = StepList.All
            .Where(step => !tenant.IsSkipped(step.Id))
            .SelectMany(step => step.ResourceTypes)
            // Recorded only where the store has objects; the check of the login finds a missing secret.
            .Where(type => type != ControlPlane.Provisioning.ResourceTypes.TenantSecret)
            .Where(type => !tenant.Facts.Resources.Any(
                record => record.Key.StartsWith($"{type}: ", StringComparison.Ordinal) && record.Value == "CREATED"))
            .ToList();
        int count = tenant.Facts.Resources.Values.Count(state => state == "CREATED");
        return VerifyResult.Of("resource records", missing.Count == 0,
            missing.Count == 0 ? $"{count} rows" : $"not CREATED: {string.Join(", ", missing)}");
    }
}
