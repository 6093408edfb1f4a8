using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;

namespace Worker.Tests.Support;

/// <summary>Runs that stop where a test wants them.</summary>
public static class HeldRuns
{
    private static readonly string[] OfRollback = ["DropDatabase", "EndRollback"];

    /// <summary>
    /// Ends when the tenant's run has come to the activity, which waits to be let go before it does anything.
    /// </summary>
    public static async
        Task<(WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult> Run, TaskCompletionSource Go)>
        HoldAsync(this ProvisioningWorld world, TestTenant tenant, string activity)
    {
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Hooks.Before(activity, tenant, () =>
        {
            reached.TrySetResult();
            return go.Task;
        });
        var run = await world.StartAsync(tenant);
        await reached.Task;
        return (run, go);
    }

    /// <summary>As somebody does who has the keys of Temporal; what the activity would have done is not done.</summary>
    public static async Task TerminateAtAsync(this ProvisioningWorld world, TestTenant tenant, string activity)
    {
        if (OfRollback.Contains(activity))
        {
            world.Refuse("CreateResources", tenant);
        }

        var (run, go) = await world.HoldAsync(tenant, activity);
        await run.TerminateAsync();
        world.Hooks.Clear();
        go.SetException(new ControlPlaneException(ErrorCode.Unavailable, "Its run is gone."));
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await run.DescribeAsync()).Status);
    }

    /// <summary>The activity fails for good.</summary>
    public static void Refuse(this ProvisioningWorld world, string activity, TestTenant tenant) =>
        world.Hooks.Before(activity, tenant, () => throw new ControlPlaneException(ErrorCode.Forbidden, "Refused."));

    /// <summary>Fails the attempt when all its objects exist, and waits for the end of its rollback.</summary>
    public static async Task FailAfterAllStepsAsync(this ProvisioningWorld world, TestTenant tenant)
    {
        world.Refuse("CreateResources", tenant);
        var failure = await world.FailAsync(tenant);
        Assert.Equal(ProvisioningSteps.CreateResources, failure.FailedStep);
    }

    /// <summary>The tenant's bucket cannot be deleted until the fault is disposed.</summary>
    public static Task<SandboxFault> RefuseDeletingAsync(this ProvisioningWorld world, TestTenant tenant) =>
        world.Control.FaultAsync(tenant.BucketRefusal with { Method = "DELETE" });
}
