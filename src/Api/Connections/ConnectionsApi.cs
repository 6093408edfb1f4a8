using Api.Tokens;
using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Connections;

public static class ConnectionsApi
{
    public static void MapConnections(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/tenants/{id:guid}/connection", GetAsync).WithTags("Connections").WithName("GetConnection")
            .AcceptsBearer(BearerKind.Application)
            .WithSummary("Returns how an application reaches an ACTIVE tenant: names, addresses, places of secrets.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);

    private static async Task<Ok<ConnectionResponse>> GetAsync(
        Guid id, GetConnection get, ApplicationAddress application, CancellationToken cancellationToken) =>
        TypedResults.Ok(ConnectionResponse.From(await get.ExecuteAsync(id, cancellationToken), application));
}
