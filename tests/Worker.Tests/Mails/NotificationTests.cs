using ControlPlane.Invitations;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

public sealed class NotificationTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Inactive = "inactive-welcome";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Novu answers 201 to a trigger of an inactive workflow and sends no mail.
    [Fact]
    public async Task A_mail_that_was_accepted_and_not_processed_is_parked_and_does_not_roll_a_live_tenant_back()
    {
        await fixture.Services.GetRequiredService<INovuApi>().CreateWorkflowAsync(
            new NovuWorkflow(Inactive, "Inactive", Active: false,
                [new NovuStep("email", "Email", new Dictionary<string, string> { ["subject"] = "s", ["body"] = "b" })],
                []),
            CancellationToken);
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.ChangeSettingsAsync(("NOVU_TEMPLATE_WELCOME", Inactive)))
        {
            var result = await (await fixture.StartAsync(tenant)).GetResultAsync();

            Assert.Equal("ACTIVE", result.Outcome);
            Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
            Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
            var parked = await NotificationAsync(tenant);
            Assert.Equal("PARKED", parked.State);
            Assert.Equal(30, parked.Tries);
            Assert.NotNull(parked.Error);
        }

        await fixture.Services.GetRequiredService<RenewInvitation>().ExecuteAsync(tenant.Id, CancellationToken);

        await AssertMore.EventuallyAsync(() => NotificationAsync(tenant), step => step.State == "DONE");
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task The_welcome_mail_has_the_fields_of_the_quick_start()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var mail = Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        Assert.Equal("tenant-welcome", mail.WorkflowId);
        Assert.Equal($"tenant-welcome-{tenant.Id:D}-1", mail.TransactionId);
        string[] ofTheQuickStart =
        [
            "adminPortalUrl", "appPlaneUrl", "firstName", "lastName", "loginUrl", "supportEmail", "tenantId",
            "tenantName",
        ];
        Assert.Equal(
            [.. ofTheQuickStart.Concat(["brandLogoUrl", "brandName", "code", "loginName", "pageUrl"]).Order()],
            mail.Payload.Select(p => p.Key).Order());
        Assert.StartsWith(
            "https://control.example.com/invitations#", (string?)mail.Payload["loginUrl"], StringComparison.Ordinal);
        Assert.Equal($"https://{tenant.Key}.app.example.com", (string?)mail.Payload["appPlaneUrl"]);
        Assert.Contains($"tenant-welcome-{tenant.Id:D}-1", fixture.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_provisioning_sends_one_mail_with_the_failed_step()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () =>
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Forbidden, "Refused."));

        await fixture.FailAsync(tenant);

        var mails = await AssertMore.EventuallyAsync(
            () => fixture.Control.GetMailsAsync(tenant.SubscriberId), mails => mails.Count > 0);
        var mail = Assert.Single(mails);
        Assert.Equal("tenant-provisioning-failed", mail.WorkflowId);
        Assert.Equal($"tenant-provisioning-failed-{tenant.Id:D}-1", mail.TransactionId);
        Assert.Equal("provision-database", (string?)mail.Payload["failedStep"]);
        Assert.Equal(
            "forbidden: A system that your application needs refused to do its part.", (string?)mail.Payload["error"]);
        string[] ofTheQuickStart = ["error", "failedStep", "firstName", "supportEmail", "tenantId", "tenantName"];
        Assert.Equal(
            [.. ofTheQuickStart.Concat(["advice", "brandLogoUrl", "brandName", "reason"]).Order()],
            mail.Payload.Select(p => p.Key).Order());
    }

    private async Task<ProvisioningStep> NotificationAsync(TestTenant tenant) =>
        (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "send-notification");
}
