using ControlPlane.Invitations;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Steps;

namespace Worker.Mails;

/// <summary>The welcome mail again, with a new link; a provisioning whose mail was parked is done then.</summary>
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
            // A newer one was asked for since; its own mail is on its way.
            return;
        }

        await mail.SendAsync(input.TenantId, cancellationToken);
        await journal.ParkedStepDoneAsync(input.TenantId, SendNotification.Id, cancellationToken);
    }
}
