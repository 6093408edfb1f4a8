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
        request.Require("view-clients", "manage-clients", "query-clients");
        var sees = request.Caller.Has(request.Realm, "view-clients", "manage-clients");
        return KeycloakJson.Ok(request.Realm.Clients.Values
            .Where(client => sees && (clientId is null || client.ClientId == clientId
                || (search && client.ClientId.Contains(clientId, StringComparison.OrdinalIgnoreCase))))
            .OrderBy(client => client.ClientId, StringComparer.Ordinal)
            .Skip(Math.Max(0, first)).Take(max < 0 ? int.MaxValue : max)
            .Select(client => Shown(request, client)));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request)
    {
        request.Require("manage-clients");
        var sent = await request.ReadAsync(Representation);
        ClientRules.Check(sent);
        sent = ClientRules.WithOrigins(sent);
        Client? made = null;
        request.Change(realm => new ClientFactory(request.State).Add(realm, sent, out made));
        return new Created($"{request.Path}/clients/{made!.Id}");
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.Require("view-clients", "manage-clients", "query-clients");
        return KeycloakJson.Ok(Shown(request, request.Client(id)));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id)
    {
        request.Require("manage-clients");
        request.Client(id);
        var sent = await request.ReadAsync(Representation);
        ClientRules.Check(sent);
        request.Change(realm => new ClientFactory(request.State).Change(realm, Known(realm, id), sent));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id)
    {
        request.Require("manage-clients");
        request.Change(realm => realm.Without(Known(realm, id)));
        return Results.NoContent();
    }

    private static IResult GetSecret(AdminRequest request, string id)
    {
        request.Require("view-clients", "manage-clients");
        return KeycloakJson.Ok(Secret(request.Client(id)));
    }

    private static IResult RenewSecret(AdminRequest request, string id)
    {
        request.Require("manage-clients");
        Client? renewed = null;
        request.Change(realm =>
        {
            var known = Known(realm, id);
            renewed = known with { Settings = known.Settings.With("secret", KeycloakState.NewSecret(64)) };
            return realm.With(renewed);
        });
        return KeycloakJson.Ok(Secret(renewed!));
    }

    private static IResult GetServiceAccount(AdminRequest request, string id)
    {
        request.Require("view-clients", "manage-clients");
        var client = request.Client(id);
        var user = request.Realm.Users.Values.FirstOrDefault(user => user.ServiceAccountOf == client.Id)
            ?? throw Refusal.Error(400, $"Service account not enabled for the client '{client.ClientId}'");
        return KeycloakJson.Ok(UserShown.As(request.Realm, user));
    }

    private static Client Known(Realm realm, string id) =>
        realm.Clients.GetValueOrDefault(id) ?? throw Refusal.Error(404, "Could not find client");

    private static JsonObject Secret(Client client)
    {
        var secret = new JsonObject { ["type"] = "secret" };
        if (!client.IsPublic && client.Secret is { Length: > 0 } value)
            secret["value"] = value;
        return secret;
    }

    private static JsonObject Shown(AdminRequest request, Client client)
    {
        var shown = client.Settings.ToObject();
        shown["id"] = client.Id;
        shown["clientId"] = client.ClientId;
        if (client.IsPublic || !request.Caller.Has(request.Realm, "manage-clients", "view-clients"))
            shown.Remove("secret");
        if (shown["protocolMappers"] is JsonArray { Count: 0 })
            shown.Remove("protocolMappers");
        var manages = request.Caller.Has(request.Realm, "manage-clients");
        shown["access"] = new JsonObject { ["view"] = true, ["configure"] = manages, ["manage"] = manages };
        return shown.As(Representation);
    }
}
