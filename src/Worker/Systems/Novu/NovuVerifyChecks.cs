using System.Net;
using Worker.Commands.Verify;
using Worker.Steps;

namespace Worker.Systems.Novu;

/// <summary>Verifies the welcome mail: Novu knows the subscriber, and the step saw the trigger processed.</summary>
internal static class NovuVerifyChecks
{
    private const string Name = "welcome mail";

    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
        [new(Name, SendNotification.Id, token => WelcomeMailAsync(tenant, token))];

    private static async Task<Tick> WelcomeMailAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var facts = tenant.Facts;
        string step = facts.Steps.GetValueOrDefault(SendNotification.Id, "absent");
        try
        {
            string subscriber = NovuMail.SubscriberId(facts.Id, facts.AdminEmail);
            await tenant.Host.Outside<INovuApi>().GetSubscriberAsync(subscriber, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return Tick.Of(Name, false, $"Novu does not know the subscriber; the step is {step}");
        }

        return step == "DONE"
            ? Tick.Of(Name, true, "Novu has processed the trigger and knows the subscriber")
            : Tick.Of(Name, false, $"the step is {step}; POST /tenants/{facts.Id:D}/invitations tries again");
    }
}
