using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Mails;
using Worker.Saga;
using Worker.Systems.Novu;

namespace Worker.Steps;

/// <summary>
/// Sends the welcome mail. It is the last step: a mail cannot be undone, and its failure must not roll back a live
/// tenant.
/// </summary>
public sealed class SendNotification(WelcomeMail mail) : IPlainStep
{
    public static string Id => "send-notification";

    public static string Title => "Send Notification";

    public static string Announcement => "Sending welcome mail";

    public static StepOptions Options => StepOptions.Mail;

    public static string? System => NovuSystem.SystemId;

    [Activity("SendNotification")]
    public Task ExecuteAsync(ProvisionTenantInput input) =>
        mail.SendAsync(input.TenantId, ActivityExecutionContext.Current.CancellationToken);
}
