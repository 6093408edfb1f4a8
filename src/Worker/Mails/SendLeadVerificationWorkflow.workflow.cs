using ControlPlane.Leads;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Mails;

/// <inheritdoc cref="ISendLeadVerificationWorkflow"/>
[Workflow("SendLeadVerification")]
public sealed class SendLeadVerificationWorkflow : ISendLeadVerificationWorkflow
{
    [WorkflowRun]
    public Task RunAsync(SendLeadVerificationInput input) => Workflow.ExecuteActivityAsync(
        (LeadVerificationActivity activity) => activity.SendAsync(input),
        StepOptions.Mail.ForStep(Workflow.CancellationToken));
}
