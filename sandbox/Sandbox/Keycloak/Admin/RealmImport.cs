using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// Creates a realm with the roles, clients, user profile and users of its representation, in full or not at all.
/// </summary>
internal sealed class RealmImport(KeycloakState state)
{
    private const string ProfileProvider = "org.keycloak.userprofile.UserProfileProvider";
    private const string ProfileConfig = "kc.user.profile.config";

    /// <summary>Fields that the stand-in does not implement; it accepts them only if empty.</summary>
    public static readonly string[] NotPlayed =
    [
        "groups", "defaultGroups", "federatedUsers", "scopeMappings", "clientScopeMappings", "clientScopes",
        "userFederationProviders", "userFederationMappers", "identityProviders", "identityProviderMappers",
        "authenticationFlows", "authenticatorConfig", "requiredActions", "organizations", "localizationTexts",
    ];

    /// <summary>Fields that are stored outside the realm's settings.</summary>
    public static readonly string[] Elsewhere =
        ["id", "realm", "roles", "clients", "users", "components", "defaultRole", "defaultRoles", "keycloakVersion"];

    public World Import(World world, Document sent, Caller creator)
    {
        var name = sent.Text("realm")!;
        var id = sent.Text("id") ?? state.NewId();
        RealmRules.CheckName(name);
        RealmRules.CheckName(id);
        RealmRules.CheckSettings(sent);
        if (NotPlayed.FirstOrDefault(field => IsFilled(sent, field)) is { } unplayed)
            throw Refusal.NotPlayed($"\"{unplayed}\" in the import of a realm");
        if (world.Find(name) is not null)
            throw Refusal.Because(409, $"Realm {name} already exists");
        if (id.Length > 36)
            throw Refusal.Because(400, "Database operation failed");
        if (world.Realms.ContainsKey(id))
            throw Refusal.Because(409, "Duplicate resource error");
        world = new RealmFactory(state).Create(world, name, id, Settings(sent), creator);
        return world.With(Filled(world.Realms[id], sent));
    }

    private Realm Filled(Realm realm, Document sent)
    {
        realm = WithProfile(realm, sent.Section("components"));
        foreach (var client in sent.Items("clients"))
            realm = WithClient(realm, client);
        realm = WithRoles(realm, sent.Section("roles"));
        foreach (var user in sent.Items("users"))
            realm = WithUser(realm, user);
        return realm;
    }

    private static Document Settings(Document sent)
    {
        var attributes = Template.Realm.Section("attributes").Merge(sent.Section("attributes"));
        return sent.Without([.. Elsewhere, .. NotPlayed]).With("attributes", attributes.ToObject());
    }

    private Realm WithClient(Realm realm, Document sent)
    {
        if (realm.ClientNamed(sent.Text("clientId") ?? "") is { } known)
        {
            if (!Template.ClientsOf(realm.Name).Any(template => template.Text("clientId") == known.ClientId))
                throw Refusal.Because(409, "Duplicate resource error");
            // An imported default client replaces the generated one, except for its id and its roles.
            sent = sent.With("id", known.Id);
            realm = realm with { Clients = realm.Clients.Remove(known.Id) };
        }
        realm = new ClientFactory(state).Add(realm, sent, out var client);
        var attributes = client.Settings.Section("attributes").ToObject();
        attributes.TryAdd("post.logout.redirect.uris", "+");
        return realm.With(client with { Settings = client.Settings.With("attributes", attributes) });
    }

    private Realm WithRoles(Realm realm, Document roles)
    {
        var sent = roles.Items("realm").Select(role => (Client: (Client?)null, Role: role)).Concat(
            from client in roles.Section("client").Names
            from role in roles.Section("client").Items(client)
            select (Client: realm.ClientNamed(client) ?? throw Refusal.Failed, Role: role)).ToList();
        foreach (var (client, role) in sent)
            realm = RoleFactory.Ensure(realm, role, client, state);
        foreach (var (client, role) in sent)
            realm = RoleFactory.WithComposites(realm, realm.RoleNamed(role.Text("name")!, client)!,
                role.Section("composites"));
        return realm;
    }

    /// <summary>Adds an imported user to the realm, without checking the caller's right to assign its roles.</summary>
    public Realm WithUser(Realm realm, Document sent)
    {
        if (sent.Texts("groups").Count > 0)
            throw Refusal.NotPlayed("groups");
        var user = new UserFactory(state).Imported(realm, sent);
        var wanted = sent.Texts("realmRoles").Select(name => (Client: (Client?)null, Name: name)).Concat(
            from client in sent.Section("clientRoles").Names
            from name in sent.Section("clientRoles").Texts(client)
            select (Client: realm.ClientNamed(client) ?? throw Refusal.Failed, Name: name)).ToList();
        // Like the real server, the import creates missing roles.
        foreach (var (client, name) in wanted)
            realm = RoleFactory.Ensure(realm, Document.From(new JsonObject { ["name"] = name }), client, state);
        return realm.With(
            user with { Roles = [.. wanted.Select(role => realm.RoleNamed(role.Name, role.Client)!.Id)] });
    }

    private Realm WithProfile(Realm realm, Document components)
    {
        if (components.Names.FirstOrDefault(name =>
            name != ProfileProvider && components.Items(name).Any()) is { } other)
            throw Refusal.NotPlayed($"the component \"{other}\" in the import of a realm");
        if (components.Items(ProfileProvider).FirstOrDefault() is not { } component
            || component.Section("config").Texts(ProfileConfig) is not [var text, ..])
            return realm;
        try
        {
            return realm with
            {
                UserProfile = UserProfileRules.Normalized(new Document(JsonElement.Parse(text))),
                UserProfileComponent = component.Text("id") ?? state.NewId(),
            };
        }
        catch (JsonException)
        {
            throw Refusal.OAuth(500, "invalid_request", "Cannot parse the JSON");
        }
    }

    public static bool IsFilled(Document sent, string field) =>
        sent.Has(field) && (sent.Items(field).Any() || sent.Texts(field).Count > 0 || sent.Section(field).Names.Any());
}
