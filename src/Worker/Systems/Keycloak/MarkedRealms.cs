using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Hosting;
using Worker.Sweeps;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Realms, under whatever name. Whose one is says its id, which is a hash of its mark and cannot be changed. The id of
/// an attempt that the database knows is computed; of another one the mark stands in the realm's attributes, and counts
/// only if the id is its hash: the realm's own administrator can erase them, but not make them name somebody else.
/// </summary>
public sealed class MarkedRealms(KeycloakAdmin keycloak, AttemptEvidence attempts, WorkerOptions options)
    : IMarkedObjects
{
    public string Type => ResourceTypes.KeycloakRealm;

    public string Queue => TaskQueues.Keycloak;

    public async Task<IReadOnlyList<MarkedObject>> ListAsync(ErrorCollector each, CancellationToken cancellationToken)
    {
        // Before the realms: an attempt that begins in between has no realm in the list yet.
        var known = (await attempts.ListAsync(cancellationToken))
            .Select(attempt => new OwnershipMark(options.InstallationId, attempt.TenantId, attempt.Attempt))
            .ToDictionary(RealmId);
        var found = new List<MarkedObject>();
        foreach (var realm in await keycloak.FindRealmsAsync(cancellationToken) ?? [])
        {
            if (!Guid.TryParse(realm.Id, out var id))
            {
                continue;
            }

            await each.TryAsync(
                realm.Realm!,
                async () =>
                {
                    var mark = known.GetValueOrDefault(id) ?? await ReadMarkAsync(realm.Realm!, id, cancellationToken);
                    if (mark is not null)
                    {
                        found.Add(new MarkedObject(realm.Realm!, mark));
                    }
                },
                cancellationToken);
        }

        return found;
    }

    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        if (!await IsAsync(found, cancellationToken))
        {
            return false;
        }

        await beforeChange();
        await keycloak.DisableRealmAsync(found.Name, cancellationToken);
        // From here on its own administrators cannot log in, and so not give its name to another realm.
        if (!await IsAsync(found, cancellationToken))
        {
            return false;
        }

        await beforeChange();
        await keycloak.DeleteRealmAsync(found.Name, cancellationToken);
        return true;
    }

    private async Task<OwnershipMark?> ReadMarkAsync(string realm, Guid id, CancellationToken cancellationToken)
    {
        var attributes = (await keycloak.FindRealmAsync(realm, cancellationToken))?.Attributes;
        return attributes is not null
            && OwnershipMark.FromTags(attributes) is { } mark
            && mark.Installation == options.InstallationId
            && RealmId(mark) == id
                ? mark
                : null;
    }

    private async Task<bool> IsAsync(MarkedObject found, CancellationToken cancellationToken) =>
        Guid.TryParse((await keycloak.FindRealmAsync(found.Name, cancellationToken))?.Id, out var id)
        && id == RealmId(found.Mark);

    private static Guid RealmId(OwnershipMark mark) =>
        TenantResources.RealmId(mark.Installation, mark.Tenant, mark.Attempt);
}
