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
    public Client CreateClient(string clientId, Document settings, string? id = null) => new(
        id ?? state.NewId(), clientId,
        WithMapperIds(Template.Client.Merge(settings.Without("id", "clientId"))));

    /// <summary>Adds a client to the realm and fills in secret, service account and attributes.</summary>
    /// <exception cref="KeycloakException">
    /// 409: the client id is taken. 501: the feature is not implemented.
    /// </exception>
    public Realm Add(Realm realm, Document representation, out Client client)
    {
        var clientId = representation.GetString("clientId") is { Length: > 0 } given ? given : state.NewId();
        if (realm.FindClient(clientId) is not null)
            throw KeycloakException.ErrorMessage(409, $"Client {clientId} already exists");
        if (representation.GetString("id") is { } id && realm.Clients.ContainsKey(id))
            throw KeycloakException.ErrorMessage(409, "Duplicate resource error");
        if (representation.GetBoolean("authorizationServicesEnabled"))
            throw KeycloakException.NotImplemented("authorization services (authorizationServicesEnabled)");
        client = CreateClient(clientId, representation, representation.GetString("id"));
        client = WithServiceAccountScope(client with { Settings = AddDefaults(client.Settings, representation) });
        return WithServiceAccount(realm.With(client), client);
    }

    /// <summary>
    /// Updates a client of the realm: absent fields stay, attributes are merged, a null attribute is removed.
    /// </summary>
    /// <exception cref="KeycloakException">409: the new client id is taken.</exception>
    public Realm Change(Realm realm, Client client, Document sent)
    {
        var clientId = sent.GetString("clientId") ?? client.ClientId;
        if (realm.FindClient(clientId) is { } other && other.Id != client.Id)
            throw KeycloakException.OAuthError(409, "conflict", "Duplicate resource error");
        var settings = WithMapperIds(client.Settings.Merge(sent.Without("id", "clientId", "attributes", "access")));
        settings = settings.With("attributes",
            MergeAttributes(client.Settings.GetObject("attributes"), sent.GetObject("attributes")));
        var changed = new Client(client.Id, clientId, settings);
        return WithServiceAccount(realm.With(WithServiceAccountScope(changed)), changed);
    }

    /// <summary>Adds the client's service account to the realm if the client needs one and has none.</summary>
    public Realm WithServiceAccount(Realm realm, Client client)
    {
        if (!client.Settings.GetBoolean("serviceAccountsEnabled")
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
        var mappers =
            settings.GetObjects("protocolMappers").Select(mapper => (JsonNode)CreateMapper(mapper).ToObject());
        return settings.With("protocolMappers", new JsonArray([.. mappers]));
    }

    /// <summary>Creates the stored form of a protocol mapper.</summary>
    public Document CreateMapper(Document mapper) => Document.From(new JsonObject
    {
        ["id"] = mapper.GetString("id") ?? state.NewId(),
        ["name"] = mapper.GetString("name"),
        ["protocol"] = mapper.GetString("protocol"),
        ["protocolMapper"] = mapper.GetString("protocolMapper"),
        ["consentRequired"] = mapper.GetBoolean("consentRequired"),
        ["config"] = CompleteConfig(mapper.GetObject("config")).ToObject(),
    });

    /// <summary>
    /// Copies <c>access.token.claim</c> to <c>introspection.token.claim</c> unless the mapper sets the latter.
    /// </summary>
    private static Document CompleteConfig(Document config) =>
        config.Has("access.token.claim") && !config.Has("introspection.token.claim")
            ? config.With("introspection.token.claim", config.GetString("access.token.claim"))
            : config;

    private Document AddDefaults(Document settings, Document sent)
    {
        var attributes = MergeAttributes(Template.Client.GetObject("attributes"), sent.GetObject("attributes"));
        if (!settings.GetBoolean("publicClient") && settings.GetString("secret") is not { Length: > 0 })
        {
            settings = settings.With("secret", KeycloakState.NewSecret(64));
            attributes["client.secret.creation.time"] =
                state.UnixSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        if (sent.Has("defaultClientScopes") && !sent.Has("optionalClientScopes"))
            settings = settings.With("optionalClientScopes", new JsonArray());
        return settings.With("attributes", attributes);
    }

    private static Client WithServiceAccountScope(Client client)
    {
        var scopes = client.Settings.GetStrings("defaultClientScopes");
        return !client.Settings.GetBoolean("serviceAccountsEnabled") || scopes.Contains(ServiceAccountScope)
            ? client
            : client with
            {
                Settings = client.Settings.With("defaultClientScopes",
                    KeycloakJson.Array(scopes.Append(ServiceAccountScope))),
            };
    }

    private static JsonObject MergeAttributes(Document existing, Document sent)
    {
        var merged = existing.ToObject();
        foreach (var name in sent.Names)
        {
            merged.Remove(name);
            if (sent.GetString(name) is { Length: > 0 } value)
                merged[name] = value;
        }
        return merged;
    }
}
