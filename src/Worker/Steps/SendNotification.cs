using ControlPlane.Invitations;
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
public sealed class SendNotification(WelcomeMail mail, InvitationRepository invitations, TimeProvider time)
    : IPlainStep
{
    public static string Id => "send-notification";

    public static string Title => "Send Notification";

    public static string? CustomerTitle => "Mail with your link";

    public static string Announcement => "Sending welcome mail";

    public static StepOptions Options => StepOptions.Mail;

    public static string? System => NovuSystem.SystemId;

    [Activity("SendNotification")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var invitation = await invitations.FindOrAddAsync(input.TenantId, time.GetUtcNow(), cancellationToken);
        await mail.SendAsync(input.TenantId, invitation, cancellationToken);
    }
}
