using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// Creates realms like Keycloak: with default clients and roles, and with an admin client in master.
/// </summary>
internal sealed class RealmFactory(KeycloakState state)
{
    /// <summary>The initial state of a new server: the master realm and its administrator.</summary>
    public World Bootstrap(World world, KeycloakOptions options)
    {
        var master = NewRealm(World.MasterName, state.NewId(), Template.Realm.Merge(Document.From(new JsonObject
        {
            ["displayName"] = "Keycloak",
            ["displayNameHtml"] = "<div class=\"kc-logo-text\"><span>Keycloak</span></div>",
            ["accessTokenLifespan"] = 60,
            ["enabled"] = true,
        })));
        master = master.With(NewRole(AdminRoles.CreateRealm, null)).With(NewRole(AdminRoles.Admin, null));
        master = WithDefaultClients(WithAdminClient(master, master.Name), isMaster: true);
        var administrator = new User(state.NewId(), options.AdminUsername, Document.From(new JsonObject
        {
            ["enabled"] = true,
            ["emailVerified"] = false,
            ["createdTimestamp"] = state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["attributes"] = new JsonObject { ["is_temporary_admin"] = new JsonArray("true") },
        }))
        {
            Passwords = [Password.Of(options.AdminPassword, state.NewId(), state.Time.GetUtcNow())],
            Roles = [master.DefaultRole, master.RoleNamed(AdminRoles.Admin)!.Id],
        };
        return world.With(master.With(administrator) with { UserProfile = WithoutRequired(master.UserProfile) });
    }

    /// <summary>
    /// Adds an empty realm and its admin client in master; <paramref name="settings"/> override the defaults.
    /// </summary>
    public World Create(World world, string name, string id, Document settings, Caller creator)
    {
        var realm = WithDefaultClients(NewRealm(name, id, Template.Realm.Merge(settings)), isMaster: false);
        var master = WithAdminClient(world.Master, name);
        if (!creator.IsAdmin && master.Users.TryGetValue(creator.User.Id, out var user))
            master = master.With(user with { Roles = user.Roles.Union(CreatorRoles(master, name)) });
        return world.With(master).With(realm);
    }

    /// <summary>Removes the required fields: an administrator needs no e-mail address and no name.</summary>
    private static Document WithoutRequired(Document profile) => profile.With("attributes", new JsonArray([
        .. profile.Items("attributes").Select(attribute => attribute.Without("required").ToObject())]));

    /// <summary>The creator of a realm gets all its administrative roles except impersonation.</summary>
    private static IEnumerable<string> CreatorRoles(Realm master, string name) => master
        .RolesOf(master.ClientNamed(name + "-realm"))
        .Where(role => role.Name != AdminRoles.Impersonation)
        .Select(role => role.Id);

    private Realm NewRealm(string name, string id, Document settings)
    {
        var offline = NewRole("offline_access", null) with { Description = "${role_offline-access}" };
        var authorization = NewRole("uma_authorization", null);
        var standard = NewRole($"default-roles-{name.ToLowerInvariant()}", null) with
        {
            Description = "${role_default-roles}",
            Composites = [offline.Id, authorization.Id],
        };
        return new Realm
        {
            Id = id,
            Name = name,
            Settings = settings,
            UserProfile = Template.UserProfile,
            DefaultRole = standard.Id,
        }.With(offline).With(authorization).With(standard);
    }

    private Realm WithDefaultClients(Realm realm, bool isMaster)
    {
        foreach (var template in Template.ClientsOf(realm.Name))
        {
            var name = template.Text("clientId")!;
            if (isMaster && name == Realm.ManagementClient)
                continue;
            var client = new ClientFactory(state).Client(name, template);
            realm = RolesOf(name) is { } roles ? WithRoles(realm.With(client), client, roles) : realm.With(client);
        }
        if (!isMaster)
            realm = WithRealmAdmin(realm);
        var account = realm.ClientNamed("account");
        var standard = realm.Roles[realm.DefaultRole];
        return realm.With(standard with
        {
            Composites = standard.Composites.Union(
                [realm.RoleNamed("view-profile", account)!.Id, realm.RoleNamed("manage-account", account)!.Id]),
        });
    }

    private static IReadOnlyDictionary<string, string[]>? RolesOf(string client) => client switch
    {
        "account" => AdminRoles.Account,
        "broker" => new Dictionary<string, string[]> { ["read-token"] = [] },
        Realm.ManagementClient => AdminRoles.All,
        _ => null,
    };

    private Realm WithRealmAdmin(Realm realm)
    {
        var management = realm.ClientNamed(Realm.ManagementClient)!;
        return realm.With(NewRole(AdminRoles.RealmAdmin, management) with
        {
            Composites = [.. realm.RolesOf(management).Select(role => role.Id)],
        });
    }

    /// <summary>Adds the realm's admin client to master; the admin role gets all roles of the client.</summary>
    private Realm WithAdminClient(Realm master, string realm)
    {
        var template = Template.AdminClientOf(realm);
        var client = new ClientFactory(state).Client(template.Text("clientId")!, template);
        master = WithRoles(master.With(client), client, AdminRoles.All);
        var admin = master.RoleNamed(AdminRoles.Admin)!;
        var gained = master.RolesOf(client).Append(master.RoleNamed(AdminRoles.CreateRealm)!).Select(role => role.Id);
        return master.With(admin with { Composites = admin.Composites.Union(gained) });
    }

    private Realm WithRoles(Realm realm, Client client, IReadOnlyDictionary<string, string[]> roles)
    {
        var made = roles.Keys.ToDictionary(name => name, name => NewRole(name, client));
        foreach (var (name, contained) in roles)
            realm = realm.With(made[name] with { Composites = [.. contained.Select(other => made[other].Id)] });
        return realm;
    }

    private Role NewRole(string name, Client? client) =>
        new(state.NewId(), name, client?.Id) { Description = $"${{role_{name}}}" };
}
