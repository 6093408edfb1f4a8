using System.Globalization;
using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems.Novu;

namespace Worker.Mails;

/// <summary>Sends one mail for a rolled-back attempt, with the failed step, the error code and a sentence.</summary>
public sealed class ProvisioningFailedMail(
    NovuMail mail, NovuOptions novu, ProvisionedTenants tenants, ProvisioningAttempts attempts, TimeProvider time)
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
        var payload = new Dictionary<string, string>
        {
            ["tenantId"] = input.TenantId.ToString("D"),
            ["tenantName"] = tenant.Tenant.Name,
            ["firstName"] = tenant.Admin.FirstName,
            ["error"] = $"{attempt.ErrorCode}: {CustomerNotice.Of(attempt.ErrorCode).Sentence}",
            ["failedStep"] = attempt.FailedStep ?? "",
            ["supportEmail"] = novu.SupportEmail,
        };
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
