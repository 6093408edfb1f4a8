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
    public static readonly string[] UnsupportedFields =
    [
        "groups", "defaultGroups", "federatedUsers", "scopeMappings", "clientScopeMappings", "clientScopes",
        "userFederationProviders", "userFederationMappers", "identityProviders", "identityProviderMappers",
        "authenticationFlows", "authenticatorConfig", "requiredActions", "organizations", "localizationTexts",
    ];

    /// <summary>Fields that are stored outside the realm's settings.</summary>
    public static readonly string[] FieldsOutsideSettings =
        ["id", "realm", "roles", "clients", "users", "components", "defaultRole", "defaultRoles", "keycloakVersion"];

    public Snapshot Import(Snapshot snapshot, Document sent, Caller creator)
    {
        var name = sent.GetString("realm")!;
        var id = sent.GetString("id") ?? state.NewId();
        RealmRules.CheckName(name);
        RealmRules.CheckName(id);
        RealmRules.CheckSettings(sent);
        if (UnsupportedFields.FirstOrDefault(field => HasContent(sent, field)) is { } unsupported)
            throw KeycloakException.NotImplemented($"\"{unsupported}\" in the import of a realm");
        if (snapshot.Find(name) is not null)
            throw KeycloakException.ErrorMessage(409, $"Realm {name} already exists");
        if (id.Length > 36)
            throw KeycloakException.ErrorMessage(400, "Database operation failed");
        if (snapshot.Realms.ContainsKey(id))
            throw KeycloakException.ErrorMessage(409, "Duplicate resource error");
        snapshot = new RealmFactory(state).Create(snapshot, name, id, BuildSettings(sent), creator);
        return snapshot.With(WithContents(snapshot.Realms[id], sent));
    }

    private Realm WithContents(Realm realm, Document sent)
    {
        realm = WithProfile(realm, sent.GetObject("components"));
        foreach (var client in sent.GetObjects("clients"))
            realm = WithClient(realm, client);
        realm = WithRoles(realm, sent.GetObject("roles"));
        foreach (var user in sent.GetObjects("users"))
            realm = WithUser(realm, user);
        return realm;
    }

    private static Document BuildSettings(Document sent)
    {
        var attributes = Template.Realm.GetObject("attributes").Merge(sent.GetObject("attributes"));
        return sent.Without([.. FieldsOutsideSettings, .. UnsupportedFields]).With("attributes", attributes.ToObject());
    }

    private Realm WithClient(Realm realm, Document sent)
    {
        if (realm.FindClient(sent.GetString("clientId") ?? "") is { } existing)
        {
            if (!Template.ReadClients(realm.Name).Any(template => template.GetString("clientId") == existing.ClientId))
                throw KeycloakException.ErrorMessage(409, "Duplicate resource error");
            // An imported default client replaces the generated one, except for its id and its roles.
            sent = sent.With("id", existing.Id);
            realm = realm with { Clients = realm.Clients.Remove(existing.Id) };
        }
        realm = new ClientFactory(state).Add(realm, sent, out var client);
        var attributes = client.Settings.GetObject("attributes").ToObject();
        attributes.TryAdd("post.logout.redirect.uris", "+");
        return realm.With(client with { Settings = client.Settings.With("attributes", attributes) });
    }

    private Realm WithRoles(Realm realm, Document roles)
    {
        var sent = roles.GetObjects("realm").Select(role => (Client: (Client?)null, Role: role)).Concat(
            from client in roles.GetObject("client").Names
            from role in roles.GetObject("client").GetObjects(client)
            select (Client: realm.FindClient(client) ?? throw KeycloakException.UnknownError, Role: role)).ToList();
        foreach (var (client, role) in sent)
            realm = RoleFactory.Ensure(realm, role, client, state);
        foreach (var (client, role) in sent)
            realm = RoleFactory.WithComposites(realm, realm.FindRole(role.GetString("name")!, client)!,
                role.GetObject("composites"));
        return realm;
    }

    /// <summary>Adds an imported user to the realm, without checking the caller's right to assign its roles.</summary>
    public Realm WithUser(Realm realm, Document sent)
    {
        if (sent.GetStrings("groups").Count > 0)
            throw KeycloakException.NotImplemented("groups");
        var user = new UserFactory(state).CreateForImport(realm, sent);
        var roles = sent.GetStrings("realmRoles").Select(name => (Client: (Client?)null, Name: name)).Concat(
            from client in sent.GetObject("clientRoles").Names
            from name in sent.GetObject("clientRoles").GetStrings(client)
            select (Client: realm.FindClient(client) ?? throw KeycloakException.UnknownError, Name: name)).ToList();
        // Like the real server, the import creates missing roles.
        foreach (var (client, name) in roles)
            realm = RoleFactory.Ensure(realm, Document.From(new JsonObject { ["name"] = name }), client, state);
        return realm.With(
            user with { Roles = [.. roles.Select(role => realm.FindRole(role.Name, role.Client)!.Id)] });
    }

    private Realm WithProfile(Realm realm, Document components)
    {
        if (components.Names.FirstOrDefault(name =>
            name != ProfileProvider && components.GetObjects(name).Any()) is { } other)
            throw KeycloakException.NotImplemented($"the component \"{other}\" in the import of a realm");
        if (components.GetObjects(ProfileProvider).FirstOrDefault() is not { } component
            || component.GetObject("config").GetStrings(ProfileConfig) is not [var text, ..])
            return realm;
        try
        {
            return realm with
            {
                UserProfile = UserProfileRules.Normalize(new Document(JsonElement.Parse(text))),
                UserProfileComponent = component.GetString("id") ?? state.NewId(),
            };
        }
        catch (JsonException)
        {
            throw KeycloakException.OAuthError(500, "invalid_request", "Cannot parse the JSON");
        }
    }

    public static bool HasContent(Document sent, string field) => sent.Has(field)
        && (sent.GetObjects(field).Any() || sent.GetStrings(field).Count > 0 || sent.GetObject(field).Names.Any());
}
