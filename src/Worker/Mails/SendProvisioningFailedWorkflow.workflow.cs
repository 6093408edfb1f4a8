using ControlPlane.Provisioning;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Mails;

/// <summary>Sends the failure mail of a rolled-back attempt. It outlives the run that starts it.</summary>
[Workflow("SendProvisioningFailed")]
public sealed class SendProvisioningFailedWorkflow
{
    [WorkflowRun]
    public Task RunAsync(ProvisionTenantInput input) => Workflow.ExecuteActivityAsync(
        (ProvisioningFailedMail mail) => mail.SendAsync(input),
        StepOptions.Mail.ForStep(Workflow.CancellationToken));
}
