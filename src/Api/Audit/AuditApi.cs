using System.Globalization;
using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Audit;

public static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/tenants/{id:guid}/audit", ListAsync).WithTags("Tenants").WithName("ListAudit").ForOperators()
            .WithQuery("cursor", "limit")
            .WithSummary("Lists the operators' acts on the tenant and its changes of state in pages, newest first.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.InvalidRequest);

    private static async Task<Ok<AuditPageResponse>> ListAsync(
        Guid id, string? cursor, string? limit, ListAudit list, CancellationToken cancellationToken)
    {
        // As for the list of tenants: a non-number counts as out of range.
        int? size = limit is null ? null
            : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        var page = await list.ExecuteAsync(id, cursor, size, cancellationToken);
        return TypedResults.Ok(new AuditPageResponse(page.Events.Select(item => new AuditEventResponse(
            item.Id, item.Event, item.Attempt, item.Actor, item.ActorSub, item.ActorName, item.Route, item.Previous,
            item.Outcome, item.Network, item.At)).ToArray(), page.Next));
    }
}

/// <param name="Items">The rows of this page.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null on the last page.</param>
public sealed record AuditPageResponse(AuditEventResponse[] Items, string? Next);

/// <param name="Event">
/// ACT_BEGUN and ACT_ENDED (an operator's call), TENANT_STATE and ATTEMPT_STATE (a change of state).
/// </param>
/// <param name="Actor">OPERATOR, LEAD, WORKER, or DATABASE for a change by hand.</param>
/// <param name="ActorSub">The subject of the caller's token; null for the worker.</param>
/// <param name="ActorName">The operator's login name; for DATABASE its role.</param>
/// <param name="Route">The route, or the workflow and its activity.</param>
/// <param name="Previous">The state before; null for acts and for new tenants and attempts.</param>
/// <param name="Outcome">BEGUN; the status and the code of the answer; or the new state.</param>
/// <param name="Network">The caller's network; null for the worker.</param>
public sealed record AuditEventResponse(
    long Id, string Event, int? Attempt, string Actor, string? ActorSub, string? ActorName, string? Route,
    string? Previous, string Outcome, string? Network, DateTimeOffset At);
