using System.Runtime.CompilerServices;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems.Postgres;

/// <summary>Finds schemas and roles of tenants by the mark in the role's comment, which no tenant can change.</summary>
public sealed class PostgresInventory(TenantSchemas schemas, WorkerOptions options) : ISystemInventory
{
    /// <summary>The type of a finding that is a role. A role has no resource record of its own.</summary>
    public const string RoleType = "database_role";

    /// <summary>The type of a finding that is a login; it has no record either.</summary>
    public const string LoginType = "database_login";

    public string SystemId => PostgresSystem.SystemId;

    public string MarkedType => ResourceTypes.DatabaseSchema;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Schema;
        var (schema, role, ownership, mark, logins) = await schemas.ReadAsync(name, tenant.Mark, cancellationToken);
        // The role's mark is not enough: a schema without our mark that another role owns is foreign.
        int? attempt = ownership == Ownership.Foreign ? null : tenant.AttemptOf(mark);
        string detail = ownership == Ownership.Foreign && tenant.AttemptOf(mark) is not null
            ? "The schema belongs to another role and carries no mark."
            : tenant.Describe(mark);
        var types = new List<string>();
        if (schema)
        {
            types.Add(ResourceTypes.DatabaseSchema);
        }

        if (role)
        {
            types.Add(RoleType);
        }

        return
        [
            .. types.Select(type => new Finding(type, name, attempt, detail)),
            .. logins.Select(login => new Finding(
                LoginType, login.Name, tenant.AttemptOf(login.Mark), tenant.Describe(login.Mark))),
        ];
    }

    public async IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = (await schemas.ListMarkedAsync(cancellationToken))
            .Where(marked => marked.Mark.Installation == options.InstallationId)
            .ToDictionary(marked => marked.Name, marked => marked.Mark);
        // The marks came with the names.
        await foreach (var page in MarkedPage.ReadAsync(
            found.Keys, after, name => Task.FromResult<MarkedObject?>(new(name, found[name])), errors,
            cancellationToken))
        {
            yield return page;
        }
    }

    // DropAsync reads and drops in one transaction under the lock of the name; a new attempt waits for its end.
    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        bool exists = await schemas.FindAsync(found.Name, found.Mark, cancellationToken) != (false, false);
        await schemas.DropAsync(found.Name, found.Mark, beforeChange, cancellationToken);
        return exists;
    }
}
