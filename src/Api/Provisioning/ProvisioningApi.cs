using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using ControlPlane.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Provisioning;

public static class ProvisioningApi
{
    public static void MapProvisioning(this IEndpointRouteBuilder routes)
    {
        var tenant = routes.MapGroup("/tenants/{id:guid}").WithTags("Provisioning");
        tenant.MapPost("/provision", StartAsync).WithName("StartProvisioning").ForOperators()
            .WithSummary("Records an attempt and starts its run, or returns the open run.")
            .WithBodyErrors([.. OperatorEndpoints.Errors, ErrorCode.NotFound, ErrorCode.ProvisioningDiffers,
                ErrorCode.WrongState]);
        tenant.MapGet("/provisioning", GetAsync).WithName("GetProvisioning")
            .AcceptsBearer(BearerKind.Lead | BearerKind.Operator).ForSignUp()
            .WithSummary("Returns the progress of the current attempt, step by step; to its lead in customers' words.")
            .WithOperatorErrors(ErrorCode.NotFound);
        tenant.MapGet("/residue", ReadResidueAsync).WithName("ReadResidue").ForOperators()
            .WithSummary("Reads from every outside system which objects of the tenant exist now.")
            .WithOperatorErrors(ErrorCode.NotFound);
        tenant.MapPost("/provisioning/cancel", CancelAsync).WithName("CancelProvisioning").ForOperators()
            .WithSummary("Cancels and rolls back the running attempt; refused once the tenant is ACTIVE.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
        tenant.MapPost("/provisioning/rollback", RollBackAsync).WithName("RollbackProvisioning").ForOperators()
            .WithSummary("Resumes a rollback that left residue, or whose run no longer exists.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
    }

    private static async Task<Results<Accepted<ProvisioningStartedResponse>, Ok<ProvisioningStartedResponse>>>
        StartAsync(Guid id, SubscriptionFields body, StartProvisioning start, CancellationToken cancellationToken)
    {
        var started = await start.ExecuteAsync(id, Subscription.Parse(id, body), cancellationToken);
        var response = new ProvisioningStartedResponse(started.WorkflowId, started.RunId, started.Status.ToText());
        return started.IsFinished
            ? TypedResults.Ok(response)
            : TypedResults.Accepted($"/tenants/{id:D}/provisioning", response);
    }

    private static async Task<Results<Ok<CustomerProvisioningResponse>, Ok<ProvisioningResponse>>> GetAsync(
        Guid id, HttpContext context, GetProvisioning get, ApplicationAddress application,
        CancellationToken cancellationToken)
    {
        var lead = context.FindLead();
        lead?.RequireProvisioningOf(id);
        var progress = await get.ExecuteAsync(id, cancellationToken);
        return lead is null
            ? TypedResults.Ok(ProvisioningResponse.From(progress))
            : TypedResults.Ok(CustomerProvisioningResponse.From(progress, application));
    }

    private static async Task<Ok<ResidueResponse>> ReadResidueAsync(
        Guid id, GetResidue get, CancellationToken cancellationToken) =>
        TypedResults.Ok(ResidueResponse.From(await get.ExecuteAsync(id, cancellationToken)));

    private static async Task<Results<Accepted<ProvisioningStartedResponse>, Ok<ProvisioningStartedResponse>>>
        CancelAsync(Guid id, CancelProvisioning cancel, CancellationToken cancellationToken) =>
        ToResult(id, await cancel.ExecuteAsync(id, cancellationToken));

    private static async Task<Results<Accepted<ProvisioningStartedResponse>, Ok<ProvisioningStartedResponse>>>
        RollBackAsync(Guid id, ResumeRollback resume, CancellationToken cancellationToken) =>
        ToResult(id, await resume.ExecuteAsync(id, cancellationToken));

    private static Results<Accepted<ProvisioningStartedResponse>, Ok<ProvisioningStartedResponse>> ToResult(
        Guid id, StartedRollback rollback)
    {
        var response = new ProvisioningStartedResponse(
            IProvisionTenantWorkflow.WorkflowId(id), rollback.RunId, rollback.Status.ToText());
        return rollback.IsFinished
            ? TypedResults.Ok(response)
            : TypedResults.Accepted($"/tenants/{id:D}/provisioning", response);
    }
}

/// <param name="WorkflowId">Always <c>provision-tenant-{id}</c>.</param>
/// <param name="RunId">The run of the current attempt.</param>
/// <param name="Status">The status of the tenant: PROVISION_RECORDED until the run of a new attempt begins.</param>
public sealed record ProvisioningStartedResponse(string WorkflowId, string? RunId, string Status);
