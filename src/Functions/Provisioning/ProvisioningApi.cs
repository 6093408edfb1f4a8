using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Functions.Http;
using Functions.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Functions.Provisioning;

public static class ProvisioningApi
{
    public static void MapProvisioning(this IEndpointRouteBuilder routes)
    {
        var tenant = routes.MapGroup("/tenants/{id:guid}").WithTags("Provisioning");
        tenant.MapPost("/provision", StartAsync).WithName("StartProvisioning").ForOperators()
            .WithSummary("Records an attempt and starts its run, or finds the one that is open.")
            .WithBodyErrors([.. OperatorEndpoints.Errors, ErrorCode.NotFound, ErrorCode.ProvisioningDiffers,
                ErrorCode.WrongState]);
        tenant.MapGet("/provisioning", GetAsync).WithName("GetProvisioning")
            .AcceptsBearer(BearerKind.Lead | BearerKind.Operator)
            .WithSummary("How far the current attempt is, step by step. Also for the JWT of the tenant's lead.")
            .WithOperatorErrors(ErrorCode.NotFound);
        tenant.MapPost("/provisioning/cancel", Cancel).WithName("CancelProvisioning").ForOperators()
            .WithSummary("Cancels the attempt before the pivot. Not built yet: 501.")
            .WithOperatorErrors(ErrorCode.NotImplemented);
        tenant.MapPost("/provisioning/rollback", Rollback).WithName("RollbackProvisioning").ForOperators()
            .WithSummary("Goes on with a rollback that was incomplete. Not built yet: 501.")
            .WithOperatorErrors(ErrorCode.NotImplemented);
    }

    private static async Task<Results<Accepted<ProvisioningStartedResponse>, Ok<ProvisioningStartedResponse>>>
        StartAsync(Guid id, SubscriptionFields body, StartProvisioning start, CancellationToken cancellation)
    {
        var started = await start.ExecuteAsync(id, Subscription.Parse(id, body), cancellation);
        var response = new ProvisioningStartedResponse(started.WorkflowId, started.RunId, started.Status.ToText());
        return started.IsFinished
            ? TypedResults.Ok(response)
            : TypedResults.Accepted($"/tenants/{id:D}/provisioning", response);
    }

    private static async Task<Ok<ProvisioningResponse>> GetAsync(
        Guid id, HttpContext context, GetProvisioning get, CancellationToken cancellation)
    {
        context.FindLead()?.RequireProvisioningOf(id);
        return TypedResults.Ok(ProvisioningResponse.From(await get.ExecuteAsync(id, cancellation)));
    }

    private static Ok Cancel(Guid id) => throw new ControlPlaneException(
        ErrorCode.NotImplemented, $"Cancelling the provisioning of tenant {id:D} is not built yet.");

    private static Ok Rollback(Guid id) => throw new ControlPlaneException(
        ErrorCode.NotImplemented, $"Going on with the rollback of tenant {id:D} is not built yet.");
}

/// <param name="WorkflowId">Always <c>provision-tenant-{id}</c>.</param>
/// <param name="RunId">The run that serves the current attempt.</param>
/// <param name="Status">The tenant's; it changes when the run begins.</param>
public sealed record ProvisioningStartedResponse(string WorkflowId, string? RunId, string Status);
