using ControlPlane.Provisioning;
using ControlPlane.Readings;

namespace Worker.Saga;

/// <summary>Turns the reading of a system into the residue of a step, and records it.</summary>
public sealed class StepResidue(ResourceRecords resources, ResidueRecords residue)
{
    /// <summary>
    /// Records the residue of a step. An object of this attempt or an earlier one is residue. So is a foreign object
    /// with the name of one that is on record as created: the tenant's object may be hidden or have lost its mark.
    /// </summary>
    /// <param name="tenant">The tenant, with the mark of the attempt.</param>
    /// <param name="types">The step's resource types; residue is recorded under the first one.</param>
    /// <param name="found">The findings of the step's types.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The number of objects in the residue.</returns>
    public async Task<int> RecordAsync(
        ProvisionedTenant tenant, IReadOnlyList<string> types, IEnumerable<Finding> found,
        CancellationToken cancellationToken)
    {
        var left = new List<Residue>();
        // A schema and its role share one name and one record.
        foreach (var sameName in found.GroupBy(finding => finding.Name))
        {
            var ours = sameName.Where(finding => finding.Attempt <= tenant.Mark.Attempt).ToList();
            if (ours.Count > 0)
            {
                left.Add(new Residue(types[0], sameName.Key,
                    $"Still there: {string.Join(", ", ours.Select(own => $"{own.Type} ({own.Detail})"))}."));
            }
            else if (await IsRecordedAsync(tenant, types[0], sameName.Key, cancellationToken))
            {
                left.Add(new Residue(types[0], sameName.Key,
                    $"It was recorded as created and never as deleted; the object of this name is now foreign. "
                    + $"{sameName.First().Detail} It was not touched: inspect it, then fix its mark or delete it."));
            }
        }

        await residue.ReplaceAsync(tenant.Mark.Tenant, tenant.Mark.Attempt, types, left, cancellationToken);
        return left.Count;
    }

    /// <summary>Whether an object is on record as created by this attempt or an earlier one.</summary>
    public async Task<bool> IsRecordedAsync(
        ProvisionedTenant tenant, string type, string name, CancellationToken cancellationToken) =>
        await resources.FindCreatingAttemptAsync(
            tenant.Mark.Tenant, tenant.Mark.Attempt, type, name, cancellationToken) is not null;
}
