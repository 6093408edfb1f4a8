using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Mails;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// 11: the welcome mail. Last on purpose: a mail cannot be undone, and a live tenant does not die of one.
/// </summary>
public sealed class SendNotification(WelcomeMail mail) : IPlainStep
{
    public static string Id => ProvisioningSteps.SendNotification;

    public static string Announcement => "Sending welcome mail";

    public static StepOptions Options => StepOptions.Mail;

    [Activity("SendNotification")]
    public Task ExecuteAsync(ProvisionTenantInput input) =>
        mail.SendAsync(input.TenantId, ActivityExecutionContext.Current.CancellationToken);
}
