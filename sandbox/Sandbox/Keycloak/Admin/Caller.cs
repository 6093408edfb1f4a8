using System.Reflection;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Admin;

/// <summary>Who calls the admin API. Their roles are those they hold now, whatever their token says.</summary>
internal sealed class Caller
{
    private readonly HashSet<string> roles;

    // Asked for every realm of a list, and master knows the roles of all of them.
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

    /// <summary>The world as it was when the call came in.</summary>
    public World World { get; }

    public Realm Home { get; }

    public User User { get; }

    /// <exception cref="Refusal">401: no token, or none that holds.</exception>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var world = context.Keycloak().Current;
        var token = context.BearerToken() is { } text ? AccessToken.Verify(context, world, text, out _) : null;
        return ValueTask.FromResult<Caller?>(new Caller(context, world, token ?? throw Refusal.Unauthorized));
    }

    public bool Holds(Role role) => roles.Contains(role.Id);

    /// <summary>Whether the caller is master's administrator, who may do everything.</summary>
    public bool IsAdmin => Home.IsMaster && HoldsRealmRole(AdminRoles.Admin);

    public bool MayCreateRealms => Home.IsMaster && HoldsRealmRole(AdminRoles.CreateRealm);

    /// <summary>Whether the caller has one of the roles over that realm.</summary>
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

    /// <summary>Whether the caller has any role at all over that realm.</summary>
    public bool HasAny(Realm realm) => RulingClient(realm) is { } client && ruling.Value.Contains(client.Id);

    private Client? RulingClient(Realm realm) => Home.IsMaster
        ? Home.ClientNamed(realm.AdminClientName)
        : Home.Id == realm.Id ? Home.ClientNamed(Realm.ManagementClient) : null;

    private bool HoldsRealmRole(string name) => Home.RoleNamed(name) is { } role && Holds(role);
}
