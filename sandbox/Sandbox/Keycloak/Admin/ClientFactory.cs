using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>Creates clients and their service accounts, including the settings that Keycloak adds.</summary>
internal sealed class ClientFactory(KeycloakState state)
{
    private const string ServiceAccountScope = "service_account";

    /// <summary>
    /// Creates a client from the defaults and the settings, without the additions of <see cref="Add"/>.
    /// </summary>
    public Client Client(string clientId, Document settings, string? id = null) => new(
        id ?? state.NewId(), clientId,
        WithMapperIds(Template.Client.Merge(settings.Without("id", "clientId"))));

    /// <summary>Adds a client to the realm and fills in secret, service account and attributes.</summary>
    /// <exception cref="Refusal">409: the client id is taken. 501: the feature is not implemented.</exception>
    public Realm Add(Realm realm, Document representation, out Client client)
    {
        var clientId = representation.Text("clientId") is { Length: > 0 } given ? given : state.NewId();
        if (realm.ClientNamed(clientId) is not null)
            throw Refusal.Because(409, $"Client {clientId} already exists");
        if (representation.Text("id") is { } id && realm.Clients.ContainsKey(id))
            throw Refusal.Because(409, "Duplicate resource error");
        if (representation.Flag("authorizationServicesEnabled"))
            throw Refusal.NotPlayed("authorization services (authorizationServicesEnabled)");
        client = Client(clientId, representation, representation.Text("id"));
        client = WithServiceAccountScope(client with { Settings = Complete(client.Settings, representation) });
        return WithServiceAccount(realm.With(client), client);
    }

    /// <summary>
    /// Updates a client of the realm: absent fields stay, attributes are merged, a null attribute is removed.
    /// </summary>
    /// <exception cref="Refusal">409: the new client id is taken.</exception>
    public Realm Change(Realm realm, Client client, Document sent)
    {
        var clientId = sent.Text("clientId") ?? client.ClientId;
        if (realm.ClientNamed(clientId) is { } other && other.Id != client.Id)
            throw Refusal.OAuth(409, "conflict", "Duplicate resource error");
        var settings = WithMapperIds(client.Settings.Merge(sent.Without("id", "clientId", "attributes", "access")));
        settings = settings.With("attributes",
            Attributes(client.Settings.Section("attributes"), sent.Section("attributes")));
        var changed = new Client(client.Id, clientId, settings);
        return WithServiceAccount(realm.With(WithServiceAccountScope(changed)), changed);
    }

    /// <summary>Adds the client's service account to the realm if the client needs one and has none.</summary>
    public Realm WithServiceAccount(Realm realm, Client client)
    {
        if (!client.Settings.Flag("serviceAccountsEnabled")
            || realm.Users.Values.Any(user => user.ServiceAccountOf == client.Id))
            return realm;
        var username = $"service-account-{client.ClientId.ToLowerInvariant()}";
        var user = new User(state.NewId(), username, Document.From(new JsonObject
        {
            ["enabled"] = true,
            ["emailVerified"] = false,
            ["createdTimestamp"] = state.Time.GetUtcNow().ToUnixTimeMilliseconds(),
        }))
        {
            ServiceAccountOf = client.Id,
            Roles = [realm.DefaultRole],
        };
        return realm.With(user);
    }

    /// <summary>Adds an id to each protocol mapper that has none.</summary>
    public Document WithMapperIds(Document settings)
    {
        if (!settings.Has("protocolMappers"))
            return settings;
        var mappers = settings.Items("protocolMappers").Select(mapper => (JsonNode)Mapper(mapper).ToObject());
        return settings.With("protocolMappers", new JsonArray([.. mappers]));
    }

    /// <summary>Creates the stored form of a protocol mapper.</summary>
    public Document Mapper(Document mapper) => Document.From(new JsonObject
    {
        ["id"] = mapper.Text("id") ?? state.NewId(),
        ["name"] = mapper.Text("name"),
        ["protocol"] = mapper.Text("protocol"),
        ["protocolMapper"] = mapper.Text("protocolMapper"),
        ["consentRequired"] = mapper.Flag("consentRequired"),
        ["config"] = Config(mapper.Section("config")).ToObject(),
    });

    /// <summary>
    /// Copies <c>access.token.claim</c> to <c>introspection.token.claim</c> unless the mapper sets the latter.
    /// </summary>
    private static Document Config(Document config) =>
        config.Has("access.token.claim") && !config.Has("introspection.token.claim")
            ? config.With("introspection.token.claim", config.Text("access.token.claim"))
            : config;

    private Document Complete(Document settings, Document asked)
    {
        var attributes = Attributes(Template.Client.Section("attributes"), asked.Section("attributes"));
        if (!settings.Flag("publicClient") && settings.Text("secret") is not { Length: > 0 })
        {
            settings = settings.With("secret", KeycloakState.NewSecret(64));
            attributes["client.secret.creation.time"] =
                state.Seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        if (asked.Has("defaultClientScopes") && !asked.Has("optionalClientScopes"))
            settings = settings.With("optionalClientScopes", new JsonArray());
        return settings.With("attributes", attributes);
    }

    private static Client WithServiceAccountScope(Client client)
    {
        var scopes = client.Settings.Texts("defaultClientScopes");
        return !client.Settings.Flag("serviceAccountsEnabled") || scopes.Contains(ServiceAccountScope)
            ? client
            : client with
            {
                Settings = client.Settings.With("defaultClientScopes",
                    KeycloakJson.Array(scopes.Append(ServiceAccountScope))),
            };
    }

    private static JsonObject Attributes(Document known, Document sent)
    {
        var merged = known.ToObject();
        foreach (var name in sent.Names)
        {
            merged.Remove(name);
            if (sent.Text(name) is { Length: > 0 } value)
                merged[name] = value;
        }
        return merged;
    }
}
