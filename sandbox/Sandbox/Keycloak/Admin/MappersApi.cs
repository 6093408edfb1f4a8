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
        request.Require("view-clients", "manage-clients");
        return KeycloakJson.Ok(request.Client(id).Mappers.Select(mapper => mapper.ToObject()));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request, string id)
    {
        request.Require("manage-clients");
        request.Client(id);
        var mapper = Made(request, await request.ReadAsync(Representation));
        Add(request, id, [mapper]);
        return new Created($"{request.Path}/clients/{id}/protocol-mappers/models/{mapper.Text("id")}");
    }

    private static async Task<IResult> CreateManyAsync(AdminRequest request, string id)
    {
        request.Require("manage-clients");
        request.Client(id);
        Add(request, id, [.. (await request.ReadArrayAsync(Representation)).Select(sent => Made(request, sent))]);
        return Results.NoContent();
    }

    private static IResult Get(AdminRequest request, string id, string mapper)
    {
        request.Require("view-clients", "manage-clients");
        return KeycloakJson.Ok(Find(request.Client(id), mapper).ToObject());
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id, string mapper)
    {
        request.Require("manage-clients");
        Find(request.Client(id), mapper);
        var changed = Made(request, (await request.ReadAsync(Representation)).With("id", mapper));
        Change(request, id, all => all.Select(known => known.Text("id") == mapper ? changed : known));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id, string mapper)
    {
        request.Require("manage-clients");
        Find(request.Client(id), mapper);
        Change(request, id, all => all.Where(known => known.Text("id") != mapper));
        return Results.NoContent();
    }

    private static void Add(AdminRequest request, string id, IReadOnlyList<Document> added) =>
        Change(request, id, all =>
        {
            var known = all.ToList();
            return known.Any(mapper => added.Any(one => one.Text("name") == mapper.Text("name")))
                ? throw Refusal.Because(409, "Protocol mapper exists with same name")
                : known.Concat(added);
        });

    private static void Change(
        AdminRequest request, string id, Func<IEnumerable<Document>, IEnumerable<Document>> change) =>
        request.Change(realm =>
        {
            var client = realm.Clients.GetValueOrDefault(id) ?? throw Refusal.Error(404, "Could not find client");
            var mappers = new JsonArray([.. change(client.Mappers).Select(mapper => mapper.ToObject())]);
            return realm.With(client with { Settings = client.Settings.With("protocolMappers", mappers) });
        });

    private static Document Made(AdminRequest request, Document sent) =>
        ProtocolMapperRules.IsKnown(sent)
            ? new ClientFactory(request.State).Mapper(sent)
            : throw Refusal.Error(404, "ProtocolMapper provider not found");

    private static Document Find(Client client, string mapper) =>
        client.Mappers.FirstOrDefault(known => known.Text("id") == mapper)
            ?? throw Refusal.Error(404, "Model not found");
}
