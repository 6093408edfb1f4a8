using ControlPlane.Invitations;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Steps;

namespace Worker.Mails;

/// <summary>Sends the welcome mail again with a new link, and marks a parked Send Notification as DONE.</summary>
public sealed class SendInvitationActivity(
    WelcomeMail mail, InvitationRepository invitations, ProvisioningJournal journal, TimeProvider time)
{
    [Activity("SendInvitation")]
    public async Task SendAsync(SendInvitationInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var current = await invitations.FindOrAddAsync(input.TenantId, time.GetUtcNow(), cancellationToken);
        if (current.Generation > input.Generation)
        {
            // A newer invitation was mailed since.
            return;
        }

        await mail.SendAsync(input.TenantId, current with { Generation = input.Generation }, cancellationToken);
        // After the mail, so that the previous link stays valid while Novu is unavailable. A retry after a crash here
        // sends the same transaction id, which Novu recognises as a duplicate.
        await invitations.BeginGenerationAsync(
            current.Id, input.Generation, time.GetUtcNow() + Invitation.Lifetime, cancellationToken);
        await journal.ParkedStepDoneAsync(input.TenantId, SendNotification.Id, cancellationToken);
    }
}
