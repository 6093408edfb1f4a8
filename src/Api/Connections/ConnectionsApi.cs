using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Connections;

public static class ConnectionsApi
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("").WithTags("Connections");
        connections.MapGet("/tenants/{id:guid}/connection", GetAsync).WithName("GetConnection")
            .AcceptsBearer(BearerKind.Application)
            .WithSummary("Returns how an application reaches an ACTIVE tenant: names, addresses, places of secrets.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
        connections.MapGet("/connections", FindAsync).WithName("FindConnection")
            .AcceptsBearer(BearerKind.Application)
            .WithQuery("key", "domain")
            .WithSummary("Returns the connection of the tenant with a key or with a proven domain.")
            .WithOperatorErrors(ErrorCode.InvalidRequest, ErrorCode.NotFound, ErrorCode.WrongState);
    }

    private static async Task<Ok<ConnectionResponse>> GetAsync(
        Guid id, GetConnection get, ApplicationAddress application, CancellationToken cancellationToken) =>
        TypedResults.Ok(ConnectionResponse.From(await get.ExecuteAsync(id, cancellationToken), application));

    private static async Task<Ok<ConnectionResponse>> FindAsync(
        string? key, string? domain, FindConnection find, ApplicationAddress application,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(ConnectionResponse.From(
            await find.ExecuteAsync(key, domain, cancellationToken), application));
}
