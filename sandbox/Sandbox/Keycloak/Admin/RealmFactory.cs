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
    public Snapshot Bootstrap(Snapshot snapshot, KeycloakOptions options)
    {
        var master = CreateRealm(Realm.MasterName, state.NewId(), Template.Realm.Merge(Document.From(new JsonObject
        {
            ["displayName"] = "Keycloak",
            ["displayNameHtml"] = "<div class=\"kc-logo-text\"><span>Keycloak</span></div>",
            ["accessTokenLifespan"] = 60,
            ["enabled"] = true,
        })));
        master = master.With(CreateRole(AdminRoles.CreateRealm, null)).With(CreateRole(AdminRoles.Admin, null));
        master = WithDefaultClients(WithAdminClient(master, master.Name), isMaster: true);
        var administrator = new User(state.NewId(), options.AdminUsername, Document.From(new JsonObject
        {
            ["enabled"] = true,
            ["emailVerified"] = false,
            ["createdTimestamp"] = state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            ["attributes"] = new JsonObject { ["is_temporary_admin"] = new JsonArray("true") },
        }))
        {
            Passwords = [Password.Create(options.AdminPassword, state.NewId(), state.Time.GetUtcNow())],
            Roles = [master.DefaultRole, master.FindRole(AdminRoles.Admin)!.Id],
        };
        master = master with { UserProfile = WithoutRequiredFields(master.UserProfile) };
        return snapshot.With(master.With(administrator));
    }

    /// <summary>
    /// Adds an empty realm and its admin client in master; <paramref name="settings"/> override the defaults.
    /// </summary>
    public Snapshot Create(Snapshot snapshot, string name, string id, Document settings, Caller creator)
    {
        var realm = WithDefaultClients(CreateRealm(name, id, Template.Realm.Merge(settings)), isMaster: false);
        var master = WithAdminClient(snapshot.Master, name);
        if (!creator.IsAdmin && master.Users.TryGetValue(creator.User.Id, out var user))
            master = master.With(user with { Roles = user.Roles.Union(GetCreatorRoles(master, name)) });
        return snapshot.With(master).With(realm);
    }

    /// <summary>Removes the required fields: an administrator needs no e-mail address and no name.</summary>
    private static Document WithoutRequiredFields(Document profile) => profile.With("attributes", new JsonArray([
        .. profile.GetObjects("attributes").Select(attribute => attribute.Without("required").ToObject())]));

    /// <summary>The creator of a realm gets all its administrative roles except impersonation.</summary>
    private static IEnumerable<string> GetCreatorRoles(Realm master, string name) => master
        .GetRoles(master.FindClient(name + "-realm"))
        .Where(role => role.Name != AdminRoles.Impersonation)
        .Select(role => role.Id);

    private Realm CreateRealm(string name, string id, Document settings)
    {
        var offlineAccess = CreateRole("offline_access", null) with { Description = "${role_offline-access}" };
        var umaAuthorization = CreateRole("uma_authorization", null);
        var defaultRole = CreateRole($"default-roles-{name.ToLowerInvariant()}", null) with
        {
            Description = "${role_default-roles}",
            Composites = [offlineAccess.Id, umaAuthorization.Id],
        };
        return new Realm
        {
            Id = id,
            Name = name,
            Settings = settings,
            UserProfile = Template.UserProfile,
            DefaultRole = defaultRole.Id,
        }.With(offlineAccess).With(umaAuthorization).With(defaultRole);
    }

    private Realm WithDefaultClients(Realm realm, bool isMaster)
    {
        foreach (var template in Template.ReadClients(realm.Name))
        {
            var name = template.GetString("clientId")!;
            if (isMaster && name == Realm.ManagementClient)
                continue;
            var client = new ClientFactory(state).CreateClient(name, template);
            realm = realm.With(client);
            if (GetDefaultRoles(name) is { } roles)
                realm = WithRoles(realm, client, roles);
        }
        if (!isMaster)
            realm = WithRealmAdmin(realm);
        var account = realm.FindClient("account");
        var defaultRole = realm.Roles[realm.DefaultRole];
        return realm.With(defaultRole with
        {
            Composites = defaultRole.Composites.Union(
                [realm.FindRole("view-profile", account)!.Id, realm.FindRole("manage-account", account)!.Id]),
        });
    }

    private static IReadOnlyDictionary<string, string[]>? GetDefaultRoles(string client) => client switch
    {
        "account" => AdminRoles.Account,
        "broker" => new Dictionary<string, string[]> { ["read-token"] = [] },
        Realm.ManagementClient => AdminRoles.Management,
        _ => null,
    };

    private Realm WithRealmAdmin(Realm realm)
    {
        var management = realm.FindClient(Realm.ManagementClient)!;
        return realm.With(CreateRole(AdminRoles.RealmAdmin, management) with
        {
            Composites = [.. realm.GetRoles(management).Select(role => role.Id)],
        });
    }

    /// <summary>Adds the realm's admin client to master; the admin role gets all roles of the client.</summary>
    private Realm WithAdminClient(Realm master, string realm)
    {
        var template = Template.ReadAdminClient(realm);
        var client = new ClientFactory(state).CreateClient(template.GetString("clientId")!, template);
        master = WithRoles(master.With(client), client, AdminRoles.Management);
        var admin = master.FindRole(AdminRoles.Admin)!;
        var added = master.GetRoles(client).Append(master.FindRole(AdminRoles.CreateRealm)!).Select(role => role.Id);
        return master.With(admin with { Composites = admin.Composites.Union(added) });
    }

    private Realm WithRoles(Realm realm, Client client, IReadOnlyDictionary<string, string[]> roles)
    {
        var created = roles.Keys.ToDictionary(name => name, name => CreateRole(name, client));
        foreach (var (name, contained) in roles)
            realm = realm.With(created[name] with { Composites = [.. contained.Select(other => created[other].Id)] });
        return realm;
    }

    private Role CreateRole(string name, Client? client) =>
        new(state.NewId(), name, client?.Id) { Description = $"${{role_{name}}}" };
}
