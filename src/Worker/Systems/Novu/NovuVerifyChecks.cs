using System.Net;
using Worker.Commands.Verify;
using Worker.Steps;

namespace Worker.Systems.Novu;

/// <summary>Verifies the welcome mail: Novu has the subscriber and has processed the trigger.</summary>
internal static class NovuVerifyChecks
{
    private const string Name = "welcome mail";

    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
        [new(Name, SendNotification.Id, token => WelcomeMailAsync(tenant, token))];

    private static async Task<VerifyResult> WelcomeMailAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var facts = tenant.Facts;
        string step = facts.Steps.GetValueOrDefault(SendNotification.Id, "absent");
        try
        {
            string subscriber = NovuMail.SubscriberId(facts.Id, facts.AdminEmail);
            await tenant.Host.GetService<INovuApi>().GetSubscriberAsync(subscriber, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return VerifyResult.Of(Name, false, $"Novu does not have the subscriber; the step is {step}");
        }

        return step == "DONE"
            ? VerifyResult.Of(Name, true, "Novu has processed the trigger and has the subscriber")
            : VerifyResult.Of(Name, false, $"the step is {step}; POST /tenants/{facts.Id:D}/invitations retries it");
    }
}
