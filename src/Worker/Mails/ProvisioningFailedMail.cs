using System.Globalization;
using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems.Novu;

namespace Worker.Mails;

/// <summary>Sends one mail for a rolled-back attempt, with the reason and the advice of its notice.</summary>
public sealed class ProvisioningFailedMail(
    NovuMail mail,
    NovuOptions novu,
    MailBrand brand,
    ProvisionedTenants tenants,
    ProvisioningAttempts attempts,
    TimeProvider time)
{
    [Activity("SendProvisioningFailed")]
    public async Task SendAsync(ProvisionTenantInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var attempt = await attempts.FindAsync(input.TenantId, input.Attempt, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no attempt {input.Attempt}.");
        if (attempt.FailureMailAt is not null)
        {
            // An earlier run of this rollback has sent it.
            return;
        }

        var tenant = await tenants.LoadAsync(input, cancellationToken);
        var notice = CustomerNotice.Of(attempt.ErrorCode);
        // A template that was edited in Novu may show error and failedStep; ours shows neither.
        var payload = brand.AddTo(new()
        {
            ["tenantId"] = input.TenantId.ToString("D"),
            ["tenantName"] = tenant.Tenant.Name,
            ["firstName"] = tenant.Admin.FirstName,
            ["error"] = $"{attempt.ErrorCode}: {notice.Sentence}",
            ["failedStep"] = attempt.FailedStep ?? "",
            ["reason"] = notice.Sentence,
            ["advice"] = notice.Advice,
        });
        await mail.SendAsync(
            novu.ProvisioningFailedTemplate,
            new NovuSubscriber(
                NovuMail.SubscriberId(input.TenantId, tenant.Admin.Email),
                tenant.Admin.Email,
                tenant.Admin.FirstName,
                tenant.Admin.LastName),
            payload,
            string.Create(CultureInfo.InvariantCulture,
                $"tenant-provisioning-failed-{input.TenantId:D}-{input.Attempt}"),
            cancellationToken);
        await attempts.SaveFailureMailAsync(input.TenantId, input.Attempt, time.GetUtcNow(), cancellationToken);
    }
}
