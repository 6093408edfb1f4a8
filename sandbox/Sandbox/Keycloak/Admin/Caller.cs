using System.Reflection;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Admin;

/// <summary>The caller of the admin API. Its roles are the current ones of the user, not those in the token.</summary>
internal sealed class Caller
{
    private readonly HashSet<string> roles;

    // Lazy sets: a list request checks every realm, and master has the admin roles of all realms.
    private readonly Lazy<HashSet<(string? Client, string Name)>> held;
    private readonly Lazy<HashSet<string?>> ruling;

    public Caller(HttpContext context, World world, AccessToken token)
    {
        Http = context;
        World = world;
        Home = token.Realm;
        User = token.User;
        var known = TokenScope.RolesIn(token.Realm, token.Client, token.User).ToList();
        roles = [.. known.Select(role => role.Id)];
        held = new(() => [.. known.Select(role => (role.ClientId, role.Name))]);
        ruling = new(() => [.. known.Select(role => role.ClientId)]);
    }

    public HttpContext Http { get; }

    public KeycloakState State => Http.Keycloak();

    /// <summary>The state at the start of the request.</summary>
    public World World { get; }

    public Realm Home { get; }

    public User User { get; }

    /// <exception cref="Refusal">401: the token is missing or not valid.</exception>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var world = context.Keycloak().Current;
        var token = context.BearerToken() is { } text ? AccessToken.Verify(context, world, text, out _) : null;
        return ValueTask.FromResult<Caller?>(new Caller(context, world, token ?? throw Refusal.Unauthorized));
    }

    public bool Holds(Role role) => roles.Contains(role.Id);

    /// <summary>Whether the caller is an administrator of master, who has all rights.</summary>
    public bool IsAdmin => Home.IsMaster && HoldsRealmRole(AdminRoles.Admin);

    public bool MayCreateRealms => Home.IsMaster && HoldsRealmRole(AdminRoles.CreateRealm);

    /// <summary>Whether the caller has at least one of the roles for the realm.</summary>
    public bool Has(Realm realm, params ReadOnlySpan<string> anyOf)
    {
        if (RulingClient(realm) is not { } client)
            return false;
        foreach (var name in anyOf)
        {
            if (held.Value.Contains((client.Id, name)))
                return true;
        }
        return false;
    }

    /// <summary>Whether the caller has any administrative role for the realm.</summary>
    public bool HasAny(Realm realm) => RulingClient(realm) is { } client && ruling.Value.Contains(client.Id);

    private Client? RulingClient(Realm realm) => Home.IsMaster
        ? Home.ClientNamed(realm.AdminClientName)
        : Home.Id == realm.Id ? Home.ClientNamed(Realm.ManagementClient) : null;

    private bool HoldsRealmRole(string name) => Home.RoleNamed(name) is { } role && Holds(role);
}
