using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Representations;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>Clients of a realm: <c>/admin/realms/{realm}/clients</c>.</summary>
internal static class ClientsApi
{
    private const string Representation = "ClientRepresentation";

    public static void MapClients(this IEndpointRouteBuilder app)
    {
        var clients = app.MapGroup("/admin/realms/{realm}/clients");
        clients.MapGet("", List);
        clients.MapPost("", CreateAsync);
        clients.MapGet("{id}", Get);
        clients.MapPut("{id}", UpdateAsync);
        clients.MapDelete("{id}", Delete);
        clients.MapGet("{id}/client-secret", GetSecret);
        clients.MapPost("{id}/client-secret", RenewSecret);
        clients.MapGet("{id}/service-account-user", GetServiceAccount);
    }

    private static IResult List(
        AdminRequest request, string? clientId, bool search = false, int first = 0, int max = int.MaxValue)
    {
        request.RequireAnyRole("view-clients", "manage-clients", "query-clients");
        request.RejectUnplayed("q", "viewableOnly");
        var canView = request.Caller.HasAnyRole(request.Realm, "view-clients", "manage-clients");
        return KeycloakJson.Ok(request.Realm.Clients.Values
            .Where(client => canView && (clientId is null || client.ClientId == clientId
                || (search && client.ClientId.Contains(clientId, StringComparison.OrdinalIgnoreCase))))
            .OrderBy(client => client.ClientId, StringComparer.Ordinal)
            .Skip(Math.Max(0, first)).Take(max < 0 ? int.MaxValue : max)
            .Select(client => ToRepresentation(request, client)));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request)
    {
        request.RequireAnyRole("manage-clients");
        var sent = await request.ReadAsync(Representation);
        ClientRules.Check(sent);
        sent = ClientRules.WithOrigins(sent);
        Client? created = null;
        request.ChangeRealm(realm => new ClientFactory(request.State).Add(realm, sent, out created));
        return new CreatedResult($"{request.RealmPath}/clients/{created!.Id}");
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-clients", "manage-clients", "query-clients");
        return KeycloakJson.Ok(ToRepresentation(request, request.GetClient(id)));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-clients");
        request.GetClient(id);
        var sent = await request.ReadAsync(Representation);
        ClientRules.Check(sent);
        request.ChangeRealm(realm => new ClientFactory(request.State).Change(
            realm, realm.Clients.GetValueOrDefault(id) ?? throw KeycloakException.UnknownError, sent));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-clients");
        request.ChangeRealm(realm => realm.Without(Find(realm, id)));
        return Results.NoContent();
    }

    private static IResult GetSecret(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-clients", "manage-clients");
        return KeycloakJson.Ok(SecretRepresentation(request.GetClient(id)));
    }

    private static IResult RenewSecret(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-clients");
        Client? renewed = null;
        request.ChangeRealm(realm =>
        {
            var current = Find(realm, id);
            renewed = current with { Settings = current.Settings.With("secret", KeycloakState.NewSecret(64)) };
            return realm.With(renewed);
        });
        return KeycloakJson.Ok(SecretRepresentation(renewed!));
    }

    private static IResult GetServiceAccount(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-clients", "manage-clients");
        var client = request.GetClient(id);
        var user = request.Realm.Users.Values.FirstOrDefault(user => user.ServiceAccountOf == client.Id)
            ?? throw KeycloakException.Error(400, $"Service account not enabled for the client '{client.ClientId}'");
        return KeycloakJson.Ok(UserRepresentation.Create(request.Realm, user));
    }

    private static Client Find(Realm realm, string id) =>
        realm.Clients.GetValueOrDefault(id) ?? throw KeycloakException.Error(404, "Could not find client");

    private static JsonObject SecretRepresentation(Client client)
    {
        var secret = new JsonObject { ["type"] = "secret" };
        if (!client.IsPublic && client.Secret is { Length: > 0 } value)
            secret["value"] = value;
        return secret;
    }

    private static JsonObject ToRepresentation(AdminRequest request, Client client)
    {
        var representation = client.Settings.ToObject();
        representation["id"] = client.Id;
        representation["clientId"] = client.ClientId;
        if (client.IsPublic || !request.Caller.HasAnyRole(request.Realm, "manage-clients", "view-clients"))
            representation.Remove("secret");
        if (representation["protocolMappers"] is JsonArray { Count: 0 })
            representation.Remove("protocolMappers");
        var canManage = request.Caller.HasAnyRole(request.Realm, "manage-clients");
        representation["access"] =
            new JsonObject { ["view"] = true, ["configure"] = canManage, ["manage"] = canManage };
        return representation.InFieldOrder(Representation);
    }
}
