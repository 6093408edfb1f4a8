using ControlPlane.Provisioning;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Mails;

/// <summary>Tells a tenant's administrator that the provisioning failed. Outlives the run that failed.</summary>
[Workflow("SendProvisioningFailed")]
public sealed class SendProvisioningFailedWorkflow
{
    [WorkflowRun]
    public Task RunAsync(ProvisionTenantInput input) => Workflow.ExecuteActivityAsync(
        (ProvisioningFailedMail mail) => mail.SendAsync(input),
        StepOptions.Mail.ForStep(Workflow.CancellationToken));
}
