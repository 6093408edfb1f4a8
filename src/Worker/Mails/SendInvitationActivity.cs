using ControlPlane.Invitations;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Steps;

namespace Worker.Mails;

/// <summary>Sends the welcome mail again with a new link, and marks a parked Send Notification as DONE.</summary>
public sealed class SendInvitationActivity(
    WelcomeMail mail, InvitationRepository invitations, ProvisioningJournal journal)
{
    [Activity("SendInvitation")]
    public async Task SendAsync(SendInvitationInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var current = await invitations.FindByTenantAsync(input.TenantId, cancellationToken);
        if (current?.Generation != input.Generation)
        {
            // A newer invitation was requested since, which has a mail of its own.
            return;
        }

        await mail.SendAsync(input.TenantId, cancellationToken);
        await journal.ParkedStepDoneAsync(input.TenantId, SendNotification.Id, cancellationToken);
    }
}
