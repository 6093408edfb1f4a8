using ControlPlane;
using ControlPlane.Leads;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

public sealed class LeadVerificationTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mailed_link_verifies_the_address()
    {
        var lead = await GivenLeadAsync();

        await SendAsync(lead, 1);

        await VerifyAsync(lead, await TokenAsync(lead));
    }

    // Anyone can sign up with another person's address.
    [Fact]
    public async Task A_mail_to_an_unproven_address_holds_no_text_that_was_typed_into_the_form()
    {
        var lead = await GivenLeadAsync();

        await SendAsync(lead, 1);

        var mail = Assert.Single(await GetMailsAsync(lead));
        Assert.Equal(
            ["brandLogoUrl", "brandName", "code", "leadId", "pageUrl", "supportEmail", "verifyUrl"],
            mail.Payload.Select(field => field.Key).Order());
        foreach (string typed in (string[])["Ada", "Lovelace", "Company"])
        {
            Assert.DoesNotContain(typed, mail.Subject + mail.Body, StringComparison.Ordinal);
        }

        // A template can also show the subscriber's names.
        var subscriber = (await fixture.Services.GetRequiredService<INovuApi>()
            .GetSubscriberAsync(mail.SubscriberId, CancellationToken)).Data;
        Assert.Equal((null, null), (subscriber.FirstName, subscriber.LastName));
    }

    [Fact]
    public async Task A_subscriber_that_an_earlier_version_saved_loses_its_names()
    {
        var novu = fixture.Services.GetRequiredService<INovuApi>();
        var lead = await GivenLeadAsync();
        await novu.SaveSubscriberAsync(
            new(NovuMail.SubscriberId(lead), "admin@example.com", "Ada", "Lovelace"), CancellationToken);

        await SendAsync(lead, 1);

        var subscriber = (await novu.GetSubscriberAsync(NovuMail.SubscriberId(lead), CancellationToken)).Data;
        Assert.Equal((null, null), (subscriber.FirstName, subscriber.LastName));
    }

    [Fact]
    public async Task A_new_link_is_valid_once_it_is_mailed_and_the_old_one_is_not()
    {
        var lead = await GivenLeadAsync();
        await SendAsync(lead, 1);
        string old = await TokenAsync(lead);

        await SendAsync(lead, 2);

        await VerifyAsync(lead, await TokenAsync(lead, mail: 2));
        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => VerifyAsync(lead, old));
        Assert.Equal(ErrorCode.TokenInvalid, refused.Code);
    }

    [Fact]
    public async Task A_new_link_has_its_full_lifetime_even_if_its_mail_was_late()
    {
        var lead = await GivenLeadAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE leads SET token_expires_at = now() - interval '1 minute' WHERE id = $1", lead);

        await SendAsync(lead, 2);

        await VerifyAsync(lead, await TokenAsync(lead));
    }

    [Fact]
    public async Task The_old_link_stays_valid_while_no_mail_can_be_sent()
    {
        var lead = await GivenLeadAsync();
        await SendAsync(lead, 1);
        string old = await TokenAsync(lead);
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "novu",
            Method = "POST",
            BodyContains = $"lead-verification-{lead:D}-2",
            Kind = FaultKind.Answer,
            Status = 503,
            Count = 0,
        });
        using var stopped = fixture.StopClock();

        var sending = SendAsync(lead, 2);
        await fault.WaitForHitsAsync();

        await VerifyAsync(lead, old);
        await fault.DisposeAsync();
        stopped.Dispose();
        await sending;
        await VerifyAsync(lead, await TokenAsync(lead, mail: 2));
    }

    [Fact]
    public async Task A_mail_that_is_older_than_the_last_one_is_not_sent()
    {
        var lead = await GivenLeadAsync();
        await SendAsync(lead, 2);

        await SendAsync(lead, 1);

        Assert.EndsWith("-2", Assert.Single(await GetMailsAsync(lead)).TransactionId, StringComparison.Ordinal);
    }

    private async Task<Guid> GivenLeadAsync() => (await fixture.GivenLeadAsync()).Id;

    private async Task SendAsync(Guid lead, int generation)
    {
        var run = await fixture.Temporal.StartWorkflowAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(lead, generation)),
            new(ISendLeadVerificationWorkflow.WorkflowId(lead, generation), "tenant-provisioning"));
        await run.GetResultAsync();
    }

    private Task<VerifiedLead> VerifyAsync(Guid lead, string token) =>
        fixture.Services.GetRequiredService<VerifyLead>().ExecuteAsync(lead, token, CancellationToken);

    private async Task<string> TokenAsync(Guid lead, int mail = 1) =>
        ((string)(await GetMailsAsync(lead))[mail - 1].Payload["verifyUrl"]!).Split('#')[1];

    private Task<List<Sandbox.Novu.Mail>> GetMailsAsync(Guid lead) =>
        fixture.Control.GetMailsAsync(NovuMail.SubscriberId(lead));
}
