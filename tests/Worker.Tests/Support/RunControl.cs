using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;

namespace Worker.Tests.Support;

/// <summary>Pauses, fails and terminates runs at chosen activities.</summary>
public static class RunControl
{
    private static readonly string[] RollbackActivities = ["DropDatabase", "EndRollback"];

    /// <summary>
    /// Starts provisioning and returns when the run has reached the activity, which does nothing until Resume is set.
    /// </summary>
    public static async
        Task<(WorkflowHandle<IProvisionTenantWorkflow, ProvisionTenantResult> Run, TaskCompletionSource Resume)>
        PauseAtAsync(this ProvisioningFixture fixture, TestTenant tenant, string activity)
    {
        var (reached, resume) = (new TaskCompletionSource(), new TaskCompletionSource());
        fixture.Hooks.Before(activity, tenant, () =>
        {
            reached.TrySetResult();
            return resume.Task;
        });
        var run = await fixture.StartAsync(tenant);
        await reached.Task;
        return (run, resume);
    }

    /// <summary>Terminates the run from outside, just before the activity takes effect.</summary>
    public static async Task TerminateAtAsync(this ProvisioningFixture fixture, TestTenant tenant, string activity)
    {
        if (RollbackActivities.Contains(activity))
        {
            fixture.Refuse("CreateResources", tenant);
        }

        var (run, resume) = await fixture.PauseAtAsync(tenant, activity);
        await run.TerminateAsync();
        fixture.Hooks.Clear();
        resume.SetException(new ControlPlaneException(ErrorCode.Unavailable, "The run was terminated."));
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await run.DescribeAsync()).Status);
    }

    /// <summary>The activity fails with an error that is not retried.</summary>
    public static void Refuse(this ProvisioningFixture fixture, string activity, TestTenant tenant) =>
        fixture.Hooks.Before(activity, tenant, () => throw new ControlPlaneException(ErrorCode.Forbidden, "Refused."));

    /// <summary>Fails the attempt after all its objects exist, and waits for the end of the rollback.</summary>
    public static async Task FailAfterAllStepsAsync(this ProvisioningFixture fixture, TestTenant tenant)
    {
        fixture.Refuse("CreateResources", tenant);
        var failure = await fixture.FailAsync(tenant);
        Assert.Equal("create-resources", failure.FailedStep);
    }

    /// <summary>The tenant's bucket cannot be deleted until the fault is disposed.</summary>
    public static Task<SandboxFault> RefuseDeletingAsync(this ProvisioningFixture fixture, TestTenant tenant) =>
        fixture.Control.SetFaultAsync(tenant.BucketRefusal with { Method = "DELETE" });
}
