using System.Net;
using ControlPlane.Provisioning;
using Worker.Commands;
using Worker.Commands.Verify;

namespace Worker.Systems.Novu;

/// <summary>The welcome mail: Novu knows the subscriber, and the step saw the trigger processed.</summary>
internal static class MailTick
{
    public static async Task<Tick> TriggeredAsync(
        CommandHost host, TenantFacts facts, CancellationToken cancellationToken)
    {
        string step = facts.Steps.GetValueOrDefault(ProvisioningSteps.SendNotification, "absent");
        try
        {
            string subscriber = NovuMail.SubscriberId(facts.Id, facts.AdminEmail);
            await host.Outside<INovuApi>().GetSubscriberAsync(subscriber, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return new Tick("welcome mail", TickState.Red, $"Novu does not know the subscriber; the step is {step}");
        }

        return step == "DONE"
            ? new Tick("welcome mail", TickState.Green, "Novu has processed the trigger and knows the subscriber")
            : new Tick("welcome mail", TickState.Red,
                $"the step is {step}; POST /tenants/{facts.Id:D}/invitations tries again");
    }
}
