using System.Text.Json;
using System.Text.Json.Nodes;
using Worker.Saga;

namespace Worker.Systems.Keycloak;

/// <summary>A change that brings one part of a realm up to date.</summary>
/// <param name="Description">The part, and the names of the settings that change.</param>
/// <param name="ApplyAsync">Makes the change.</param>
public sealed record TenantRealmChange(string Description, Func<CancellationToken, Task> ApplyAsync);

/// <summary>
/// Compares a tenant's realm with the template. Step and repair make the same changes. The administrator's own settings
/// stay: name and state of the realm, further attributes of users, redirect URIs, mappers and clients.
/// </summary>
public sealed class TenantRealmChanges(KeycloakAdmin keycloak, TenantRealmTemplate template)
{
    private const string LogoutUris = "post.logout.redirect.uris", UriSeparator = "##";

    /// <summary>Finds the changes; empty when the realm is up to date.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="found">The tenant's realm, under whatever name.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <param name="isPasswordNew">
    /// Whether the sender's password has changed, which cannot be read from the realm.
    /// </param>
    public async Task<IReadOnlyList<TenantRealmChange>> FindAsync(
        ProvisionedTenant tenant, RealmRepresentation found, CancellationToken cancellationToken,
        bool isPasswordNew = false)
    {
        string name = found.Realm!;
        var wanted = template.Build(tenant);
        var profile = await keycloak.UserProfileAsync(name, cancellationToken);
        var wantedClient = wanted.Clients!.Single();
        var client = await keycloak.FindClientAsync(name, wantedClient.ClientId!, cancellationToken);
        return
        [
            .. FindInRealm(name, found, wanted, isPasswordNew),
            .. FindInProfile(name, profile),
            .. client is null ? [Create(name, wantedClient)] : FindInClient(name, client, wantedClient),
        ];
    }

    private IEnumerable<TenantRealmChange> FindInRealm(
        string name, RealmRepresentation found, RealmRepresentation wanted, bool isPasswordNew)
    {
        bool isSenderWanted = wanted.SmtpServer is { } server && server.Any(setting => setting.Key == "password"
            ? isPasswordNew
            : found.SmtpServer?.GetValueOrDefault(setting.Key) != setting.Value);
        var attributes = found.Attributes ?? new Dictionary<string, string>();
        bool areAttributesWanted = wanted.Attributes!.Any(
            attribute => attributes.GetValueOrDefault(attribute.Key) != attribute.Value);
        var changes = Different(found, wanted with
        {
            Id = null,
            Realm = null,
            DisplayName = null,
            Enabled = null,
            Clients = null,
            Components = null,
            Attributes = null,
            SmtpServer = null,
        });
        var patch = changes.Deserialize<RealmRepresentation>(OutsideHttp.Json)! with
        {
            SmtpServer = isSenderWanted ? wanted.SmtpServer : null,
            Attributes = areAttributesWanted ? Merge(attributes, wanted.Attributes!) : null,
        };
        if (patch != new RealmRepresentation())
        {
            yield return new TenantRealmChange($"realm: {Names(patch)}", token =>
                keycloak.UpdateRealmAsync(name, patch, token));
        }
    }

    private IEnumerable<TenantRealmChange> FindInProfile(string name, JsonObject profile)
    {
        var attributes = profile["attributes"]?.AsArray() ?? [];
        var changed = new List<string>();
        foreach (var wanted in TenantRealmTemplate.Profile["attributes"]!.AsArray().Select(node => node!.AsObject()))
        {
            string attribute = $"{wanted["name"]}";
            if (attributes.FirstOrDefault(node => $"{node!["name"]}" == attribute)?.AsObject() is not { } found)
            {
                attributes.Add(wanted.DeepClone());
                changed.Add(attribute);
            }
            else if (((string[])["validations", "permissions", "required"]).Where(
                part => !AreSame(found[part], wanted[part])).ToList() is { Count: > 0 } parts)
            {
                parts.ForEach(part => found[part] = wanted[part]?.DeepClone());
                changed.Add(attribute);
            }
        }

        if (changed.Count > 0)
        {
            yield return new TenantRealmChange($"user profile: {string.Join(", ", changed)}", token =>
                keycloak.UpdateUserProfileAsync(name, profile, token));
        }
    }

    private IEnumerable<TenantRealmChange> FindInClient(
        string name, ClientRepresentation found, ClientRepresentation wanted)
    {
        var attributes = new Dictionary<string, string>(found.Attributes ?? new Dictionary<string, string>());
        var wantedAttributes = Merge(wanted.Attributes!, new Dictionary<string, string>
        {
            [LogoutUris] = string.Join(UriSeparator, Union(
                attributes.GetValueOrDefault(LogoutUris)?.Split(UriSeparator).Where(uri => uri is not "+"),
                wanted.Attributes![LogoutUris].Split(UriSeparator))),
        });
        var changes = Different(found, wanted with
        {
            RedirectUris = Union(found.RedirectUris, wanted.RedirectUris!),
            WebOrigins = Union(found.WebOrigins, wanted.WebOrigins!),
            Attributes = null,
            ProtocolMappers = null,
        });
        var mappers = found.ProtocolMappers ?? [];
        var patch = changes.Deserialize<ClientRepresentation>(OutsideHttp.Json)! with
        {
            Attributes = wantedAttributes.Any(a => attributes.GetValueOrDefault(a.Key) != a.Value)
                ? wantedAttributes
                : null,
            ProtocolMappers = wanted.ProtocolMappers!.All(mapper => mappers.Any(other => IsSame(other, mapper)))
                ? null
                : MergeMappers(mappers, wanted.ProtocolMappers!),
        };
        if (patch != new ClientRepresentation())
        {
            yield return new TenantRealmChange($"client {found.ClientId}: {Names(patch)}", token =>
                keycloak.UpdateClientAsync(name, found.Id!, patch, token));
        }
    }

    private TenantRealmChange Create(string name, ClientRepresentation client) =>
        new($"client {client.ClientId}", token => keycloak.CreateClientAsync(name, client, token));

    private static ProtocolMapperRepresentation[] MergeMappers(
        IReadOnlyList<ProtocolMapperRepresentation> found, IReadOnlyList<ProtocolMapperRepresentation> wanted) =>
    [
        .. found.Where(mapper => wanted.All(other => other.Name != mapper.Name)),
        .. wanted.Select(mapper => mapper with { Id = found.FirstOrDefault(other => other.Name == mapper.Name)?.Id }),
    ];

    private static bool IsSame(ProtocolMapperRepresentation found, ProtocolMapperRepresentation wanted) =>
        found.Name == wanted.Name && found.ProtocolMapper == wanted.ProtocolMapper
        && wanted.Config!.All(setting => found.Config?.GetValueOrDefault(setting.Key) == setting.Value);

    private static List<string> Union(IEnumerable<string>? found, IEnumerable<string> wanted) =>
        [.. (found ?? []).Union(wanted)];

    private static Dictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> found, IReadOnlyDictionary<string, string> wanted)
    {
        var merged = new Dictionary<string, string>(found);
        foreach (var (name, value) in wanted)
        {
            merged[name] = value;
        }

        return merged;
    }

    // The wanted fields whose found value is another one.
    private static JsonObject Different<T>(T found, T wanted)
    {
        var there = JsonSerializer.SerializeToNode(found, OutsideHttp.Json)!.AsObject();
        var fields = JsonSerializer.SerializeToNode(wanted, OutsideHttp.Json)!.AsObject();
        return new JsonObject(fields
            .Where(field => !AreSame(there[field.Key], field.Value))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
    }

    // Keycloak keeps lists of texts in no order.
    private static bool AreSame(JsonNode? found, JsonNode? wanted) => (found, wanted) switch
    {
        (JsonArray a, JsonArray b) => a.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal)
            .SequenceEqual(b.Select(item => item?.ToJsonString()).Order(StringComparer.Ordinal)),
        (JsonObject a, JsonObject b) => a.Select(field => field.Key).Union(b.Select(field => field.Key))
            .All(name => AreSame(a[name], b[name])),
        _ => JsonNode.DeepEquals(found, wanted),
    };

    private static string Names<T>(T patch) => string.Join(
        ", ", JsonSerializer.SerializeToNode(patch, OutsideHttp.Json)!.AsObject().Select(field => field.Key));
}
