using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Protocol mappers of a client: <c>/admin/realms/{realm}/clients/{id}/protocol-mappers</c>.</summary>
internal static class MappersApi
{
    private const string Representation = "ProtocolMapperRepresentation";

    public static void MapProtocolMappers(this IEndpointRouteBuilder app)
    {
        var mappers = app.MapGroup("/admin/realms/{realm}/clients/{id}/protocol-mappers");
        mappers.MapGet("models", List);
        mappers.MapPost("models", CreateAsync);
        mappers.MapPost("add-models", CreateManyAsync);
        mappers.MapGet("models/{mapper}", Get);
        mappers.MapPut("models/{mapper}", UpdateAsync);
        mappers.MapDelete("models/{mapper}", Delete);
    }

    private static IResult List(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-clients", "manage-clients");
        return KeycloakJson.Ok(request.GetClient(id).Mappers.Select(mapper => mapper.ToObject()));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-clients");
        request.GetClient(id);
        var mapper = CreateMapper(request, await request.ReadAsync(Representation));
        Add(request, id, [mapper]);
        return new CreatedResult($"{request.RealmPath}/clients/{id}/protocol-mappers/models/{mapper.GetString("id")}");
    }

    private static async Task<IResult> CreateManyAsync(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-clients");
        request.GetClient(id);
        var sent = await request.ReadArrayAsync(Representation);
        Add(request, id, [.. sent.Select(mapper => CreateMapper(request, mapper))]);
        return Results.NoContent();
    }

    private static IResult Get(AdminRequest request, string id, string mapper)
    {
        request.RequireAnyRole("view-clients", "manage-clients");
        return KeycloakJson.Ok(FindMapper(request.GetClient(id), mapper).ToObject());
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id, string mapper)
    {
        request.RequireAnyRole("manage-clients");
        FindMapper(request.GetClient(id), mapper);
        var changed = CreateMapper(request, (await request.ReadAsync(Representation)).With("id", mapper));
        Change(request, id, KeycloakException.Error(404, "Model not found"), all =>
        {
            var existing = all.ToList();
            int place = existing.FindIndex(other => other.GetString("id") == mapper);
            if (place < 0)
                throw KeycloakException.UnknownError;
            existing[place] = changed;
            return existing;
        });
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id, string mapper)
    {
        request.RequireAnyRole("manage-clients");
        FindMapper(request.GetClient(id), mapper);
        Change(request, id, KeycloakException.Error(404, "Could not find client"),
            all => all.Where(existing => existing.GetString("id") != mapper));
        return Results.NoContent();
    }

    private static void Add(AdminRequest request, string id, IReadOnlyList<Document> added) =>
        Change(request, id, KeycloakException.Conflict, all =>
        {
            var existing = all.ToList();
            return existing.Any(mapper => added.Any(other => other.GetString("name") == mapper.GetString("name")))
                ? throw KeycloakException.ErrorMessage(409, "Protocol mapper exists with same name")
                : existing.Concat(added);
        });

    private static void Change(
        AdminRequest request, string id, KeycloakException clientDeleted,
        Func<IEnumerable<Document>, IEnumerable<Document>> change) =>
        request.ChangeRealm(realm =>
        {
            var client = realm.Clients.GetValueOrDefault(id) ?? throw clientDeleted;
            var mappers = new JsonArray([.. change(client.Mappers).Select(mapper => mapper.ToObject())]);
            return realm.With(client with { Settings = client.Settings.With("protocolMappers", mappers) });
        });

    private static Document CreateMapper(AdminRequest request, Document sent) =>
        ProtocolMapperRules.IsKnown(sent)
            ? new ClientFactory(request.State).CreateMapper(sent)
            : throw KeycloakException.Error(404, "ProtocolMapper provider not found");

    private static Document FindMapper(Client client, string mapper) =>
        client.Mappers.FirstOrDefault(existing => existing.GetString("id") == mapper)
            ?? throw KeycloakException.Error(404, "Model not found");
}
