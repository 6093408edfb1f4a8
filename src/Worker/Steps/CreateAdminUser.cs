using System.Net;
using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems;
using Worker.Systems.Keycloak;

namespace Worker.Steps;

/// <summary>
/// Ensures the realm's admin user from the primary contact. The user has no password until the invitation is accepted.
/// </summary>
public sealed class CreateAdminUser(
    KeycloakAdmin keycloak,
    KeycloakOptions options,
    TenantRealmFinder realms,
    ProvisionedTenants tenants,
    KeycloakInventory inventory,
    ResourceRecords resources,
    StepResidue residue,
    AttemptGuard guard) : ICompensatedStep
{
    private const string RealmManagement = "realm-management";

    public static string Id => "create-admin-user";

    public static string Title => "Create Admin User";

    public static string? CustomerTitle => "Account of your administrator";

    public static string Announcement => "Creating admin user";

    public static StepOptions Options => StepOptions.OutsideSystem(KeycloakSystem.MainQueue);

    public static string? System => KeycloakSystem.SystemId;

    public static IReadOnlyList<string> ResourceTypes { get; } =
        [ControlPlane.Provisioning.ResourceTypes.KeycloakAdminUser];

    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("CreateAdminUser")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        string email = tenant.Admin.Email;
        await resources.PlanAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], email, details: null, CancellationToken);

        string realm = await realms.RequireAsync(tenant, CancellationToken);
        await EnsureUserAsync(realm, tenant, guard.BeforeChange(input));
        await resources.CreatedAsync(
            input.TenantId, input.Attempt, ResourceTypes[0], email, details: null, CancellationToken);
    }

    [Activity("DeleteAdminUser")]
    public async Task CompensateAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        foreach (var (realm, user) in await FindAsync(tenant))
        {
            await guard.BeforeUndo(input, ControlPlane.Provisioning.ResourceTypes.KeycloakRealm)();
            await keycloak.DeleteUserAsync(realm, user.Id!, CancellationToken);
        }

        await resources.DeletedAsync(input.TenantId, input.Attempt, ResourceTypes[0], CancellationToken);
    }

    [Activity("FindAdminUserResidue")]
    public async Task<int> FindResidueAsync(ProvisionTenantInput input)
    {
        var tenant = await tenants.LoadAsync(input, CancellationToken);
        var found = await inventory.FindAsync(tenant, CancellationToken);
        return await residue.RecordAsync(
            tenant, ResourceTypes, found.Where(finding => finding.Type == ResourceTypes[0]), CancellationToken);
    }

    private async Task EnsureUserAsync(string realm, ProvisionedTenant tenant, Func<Task> beforeChange)
    {
        var wanted = BuildUser(tenant);
        var existing = await keycloak.FindUserAsync(realm, wanted.Username!, CancellationToken);
        if (await IsCompleteAsync(realm, existing, wanted))
        {
            return;
        }

        if (existing is not null)
        {
            // Deleted by id, so that a delayed request cannot delete a later user of this name.
            await beforeChange();
            await keycloak.DeleteUserAsync(realm, existing.Id!, CancellationToken);
        }

        await beforeChange();
        await keycloak.ImportUserAsync(
            realm,
            wanted with
            {
                // An import grants only the listed roles.
                RealmRoles = [$"default-roles-{realm}"],
                ClientRoles = new Dictionary<string, IReadOnlyList<string>>
                {
                    [RealmManagement] = options.TenantAdminRoles,
                },
            },
            CancellationToken);
        // Keycloak silently drops attributes that the user profile does not declare, so the user is read back.
        if (!await IsCompleteAsync(
            realm, await keycloak.FindUserAsync(realm, wanted.Username!, CancellationToken), wanted))
        {
            throw new OutsideSystemException(
                KeycloakAdmin.System, HttpStatusCode.UnprocessableEntity, ErrorClass.Content,
                $"POST partialImport of {realm}", "the user was not kept with its attributes and roles");
        }
    }

    private async Task<bool> IsCompleteAsync(string realm, UserRepresentation? found, UserRepresentation wanted)
    {
        if (found is not { Enabled: true } user)
        {
            return false;
        }

        bool hasAttributes = wanted.Attributes!.All(attribute =>
            user.Attributes?.GetValueOrDefault(attribute.Key) is { } kept && kept.SequenceEqual(attribute.Value));
        return hasAttributes
            && (await keycloak.MissingClientRolesAsync(
                realm, user.Id!, RealmManagement, options.TenantAdminRoles, CancellationToken)).Count == 0;
    }

    private async Task<List<(string Realm, UserRepresentation User)>> FindAsync(ProvisionedTenant tenant)
    {
        var found = new List<(string, UserRepresentation)>();
        foreach (var realm in await realms.FindOursAsync(tenant, CancellationToken))
        {
            if (await keycloak.FindUserAsync(realm.Realm!, Username(tenant), CancellationToken) is { } user)
            {
                found.Add((realm.Realm!, user));
            }
        }

        return found;
    }

    // Keycloak stores user names in lower case.
    private static string Username(ProvisionedTenant tenant) => tenant.Admin.LoginName;

    private static UserRepresentation BuildUser(ProvisionedTenant tenant) => new()
    {
        Username = Username(tenant),
        Email = tenant.Admin.Email,
        FirstName = tenant.Admin.FirstName,
        LastName = tenant.Admin.LastName,
        Enabled = true,
        // The address was verified at sign-up by a mailed token.
        EmailVerified = true,
        Attributes = new Dictionary<string, IReadOnlyList<string>>
        {
            [TenantRealmTemplate.TenantIdAttribute] = [tenant.Mark.Tenant.ToString("D")],
            [TenantRealmTemplate.RoleAttribute] = ["admin"],
        },
    };
}
