using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Readings;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Realms by their id, under whatever name, with client and administrator; and who else has the name.
/// </summary>
public sealed class TenantInKeycloak(KeycloakAdmin keycloak, TenantRealmFinder realms) : ITenantInSystem
{
    public string System => TenantSystems.Keycloak;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var ours = await realms.FindOursAsync(tenant, cancellationToken);
        var found = new List<Finding>();
        foreach (var realm in ours)
        {
            await AddAsync(found, tenant, realm, cancellationToken);
        }

        string name = tenant.Resources.Realm;
        if (ours.All(realm => realm.Realm != name)
            && await keycloak.FindRealmAsync(name, cancellationToken) is not null)
        {
            found.Add(new Finding(
                ResourceTypes.KeycloakRealm, name, null, "Its id is none of this tenant's attempts'."));
        }

        return found;
    }

    private async Task AddAsync(
        List<Finding> found, ProvisionedTenant tenant, RealmRepresentation realm, CancellationToken cancellationToken)
    {
        string name = realm.Realm!;
        var id = Guid.Parse(realm.Id!);
        int attempt = Enumerable.Range(1, tenant.Mark.Attempt).First(number => tenant.RealmId(number) == id);
        found.Add(new Finding(ResourceTypes.KeycloakRealm, name, attempt,
            name == tenant.Resources.Realm ? $"id {id:D}" : $"id {id:D}, renamed from {tenant.Resources.Realm}"));
        if (await keycloak.FindClientAsync(name, tenant.Resources.Client, cancellationToken) is not null)
        {
            found.Add(new Finding(ResourceTypes.KeycloakClient, tenant.Resources.Client, attempt, $"in {name}"));
        }

        // Keycloak keeps names in lower case.
        string admin = tenant.Admin.Email.ToLowerInvariant();
        if (await keycloak.FindUserAsync(name, admin, cancellationToken) is not null)
        {
            found.Add(new Finding(ResourceTypes.KeycloakAdminUser, tenant.Admin.Email, attempt, $"in {name}"));
        }
    }
}
