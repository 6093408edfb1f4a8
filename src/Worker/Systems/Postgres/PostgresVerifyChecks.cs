using Worker.Commands.Verify;
using Worker.Steps;

namespace Worker.Systems.Postgres;

/// <summary>Verifies a tenant's rows in the control database, and its schema and role.</summary>
internal static class PostgresVerifyChecks
{
    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
    [
        new("tenant", null, _ => Task.FromResult(
            Tick.Of("tenant", tenant.Facts.Status == "ACTIVE", tenant.Facts.Status))),
        new("schema", ProvisionDatabase.Id, token => SchemaAsync(tenant, token)),
        new("resource records", null, _ => Task.FromResult(Records(tenant))),
    ];

    private static async Task<Tick> SchemaAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Schema;
        var (schema, role) = await tenant.Host.Outside<TenantSchemas>().FindAsync(
            name, tenant.Mark, cancellationToken);
        return Tick.Of("schema", schema && role, (schema, role) switch
        {
            (true, true) => $"{name}, owned by its role",
            (true, false) => $"{name} is there, its role is not",
            (false, true) => $"{name} is not there, its role is",
            _ => $"{name} is not there",
        });
    }

    // Each object that a step of the plan made has a row, and the row is CREATED.
    private static Tick Records(TenantToVerify tenant)
    {
        var missing = StepList.All
            .Where(step => !tenant.IsSkipped(step.Id))
            .SelectMany(step => step.ResourceTypes)
            .Where(type => !tenant.Facts.Resources.Any(
                record => record.Key.StartsWith($"{type}: ", StringComparison.Ordinal) && record.Value == "CREATED"))
            .ToList();
        int count = tenant.Facts.Resources.Values.Count(state => state == "CREATED");
        return Tick.Of("resource records", missing.Count == 0,
            missing.Count == 0 ? $"{count} rows" : $"not CREATED: {string.Join(", ", missing)}");
    }
}
