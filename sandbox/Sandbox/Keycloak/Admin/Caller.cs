using System.Reflection;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Admin;

/// <summary>The caller of the admin API. Its roles are the current ones of the user, not those in the token.</summary>
internal sealed class Caller
{
    private readonly HashSet<string> roleIds;

    // Lazy sets: a list request checks every realm, and master has the admin roles of all realms.
    private readonly Lazy<HashSet<(string? Client, string Name)>> roleNames;
    private readonly Lazy<HashSet<string?>> clientIds;

    public Caller(HttpContext context, Snapshot snapshot, AccessToken token)
    {
        Http = context;
        Snapshot = snapshot;
        HomeRealm = token.Realm;
        User = token.User;
        var roles = TokenScope.GetVisibleRoles(token.Realm, token.Client, token.User).ToList();
        roleIds = [.. roles.Select(role => role.Id)];
        roleNames = new(() => [.. roles.Select(role => (role.ClientId, role.Name))]);
        clientIds = new(() => [.. roles.Select(role => role.ClientId)]);
    }

    public HttpContext Http { get; }

    public KeycloakState State => Http.GetState();

    /// <summary>The state at the start of the request.</summary>
    public Snapshot Snapshot { get; }

    public Realm HomeRealm { get; }

    public User User { get; }

    /// <exception cref="KeycloakException">401: the token is missing or not valid.</exception>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var snapshot = context.GetState().Current;
        if (context.GetBearerToken() is not { } bearer
            || AccessToken.Verify(context, snapshot, bearer, out _) is not { } token)
            throw KeycloakException.Unauthorized;
        return ValueTask.FromResult<Caller?>(new Caller(context, snapshot, token));
    }

    public bool HasRole(Role role) => roleIds.Contains(role.Id);

    /// <summary>Whether the caller is an administrator of master, who has all rights.</summary>
    public bool IsAdmin => HomeRealm.IsMaster && HasRealmRole(AdminRoles.Admin);

    public bool CanCreateRealms => HomeRealm.IsMaster && HasRealmRole(AdminRoles.CreateRealm);

    /// <summary>Whether the caller has at least one of the roles for the realm.</summary>
    public bool HasAnyRole(Realm realm, params ReadOnlySpan<string> anyOf)
    {
        if (FindAdminClient(realm) is not { } client)
            return false;
        foreach (var name in anyOf)
        {
            if (roleNames.Value.Contains((client.Id, name)))
                return true;
        }
        return false;
    }

    /// <summary>Whether the caller has any administrative role for the realm.</summary>
    public bool HasAccess(Realm realm) => FindAdminClient(realm) is { } client && clientIds.Value.Contains(client.Id);

    private Client? FindAdminClient(Realm realm) => HomeRealm.IsMaster
        ? HomeRealm.FindClient(realm.AdminClientName)
        : HomeRealm.Id == realm.Id ? HomeRealm.FindClient(Realm.ManagementClient) : null;

    private bool HasRealmRole(string name) => HomeRealm.FindRole(name) is { } role && HasRole(role);
}
