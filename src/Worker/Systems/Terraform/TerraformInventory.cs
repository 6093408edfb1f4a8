using System.Runtime.CompilerServices;
using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems.Terraform;

/// <summary>
/// Finds the states of tenants with their resources, and by tag what a lost run has made and never stored.
/// </summary>
public sealed class TerraformInventory(
    TenantStates states, TenantInfrastructure infrastructure, TaggedBuckets tagged, ProvisionedTenants tenants,
    AttemptTiers tiers, WorkerOptions options) : ISystemInventory
{
    private const int MaxNamed = 5;

    public string SystemId => TerraformSystem.SystemId;

    public string MarkedType => ResourceTypes.Infrastructure;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        string name = TenantStates.NameOf(tenant.Tenant.Key);
        var findings = new List<Finding>();
        if (await states.ReadOwnerAsync(name, tenant.Mark, cancellationToken) is (not null, var mark))
        {
            var state = await states.FindAsync(name, cancellationToken);
            var owner = state?.Owner ?? mark;
            findings.Add(new Finding(
                MarkedType, name, tenant.AttemptOf(mark) is null ? null : tenant.AttemptOf(owner),
                $"{Describe(state)}; {tenant.Describe(owner)}"));
        }

        foreach (var bucket in await tagged.FindAsync(tenant, cancellationToken))
        {
            findings.Add(new Finding(
                MarkedType, bucket.Name, tenant.AttemptOf(bucket.Mark), "a bucket with the tags of this tenant"));
        }

        return findings;
    }

    public async IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = (await states.ListMarkedAsync(cancellationToken))
            .Where(marked => marked.Mark.Installation == options.InstallationId)
            .ToDictionary(marked => marked.Name, marked => marked.Mark);
        await foreach (var page in MarkedPage.ReadAsync(
            found.Keys, after, name => Task.FromResult<MarkedObject?>(new(name, found[name])), errors,
            cancellationToken))
        {
            yield return page;
        }
    }

    // Terraform needs the tenant's variables, so the state of a tenant that is not in this database stays.
    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        var (owner, _) = await states.ReadOwnerAsync(found.Name, found.Mark, cancellationToken);
        if (owner != Ownership.Ours)
        {
            return false;
        }

        var input = new ProvisionTenantInput(found.Mark.Tenant, found.Mark.Attempt);
        ProvisionedTenant tenant;
        try
        {
            tenant = await tenants.LoadAsync(input, cancellationToken);
        }
        catch (ControlPlaneException e) when (e.Code == ErrorCode.NotFound)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The state {found.Name} belongs to a tenant that this database does not know. Destroy its resources "
                + "with Terraform, then drop its schema and role.");
        }

        return await infrastructure.DestroyAsync(
            tenant, await tiers.ReadAsync(input, cancellationToken), beforeChange, _ => Task.CompletedTask,
            cancellationToken);
    }

    private static string Describe(TerraformState? state)
    {
        var resources = (state?.Resources ?? [])
            .Where(address => !address.EndsWith($".{TerraformState.OwnerResource}", StringComparison.Ordinal)).ToList();
        string more = resources.Count > MaxNamed ? ", …" : "";
        return resources.Count == 0
            ? "no resource in the state"
            : $"{resources.Count} in the state: {string.Join(", ", resources.Take(MaxNamed))}{more}";
    }
}
