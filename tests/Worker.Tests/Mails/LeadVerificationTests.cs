using ControlPlane;
using ControlPlane.Leads;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

public sealed class LeadVerificationTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mailed_link_proves_the_address()
    {
        var lead = await GivenLeadAsync();

        await SendAsync(lead, 1);

        await VerifyAsync(lead, await TokenAsync(lead));
    }

    [Fact]
    public async Task A_new_link_is_good_once_it_is_mailed_and_the_old_one_no_longer()
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
    public async Task A_new_link_is_good_for_its_whole_time_however_long_its_mail_had_to_wait()
    {
        var lead = await GivenLeadAsync();
        await world.Postgres.ExecuteAsync(
            "UPDATE leads SET token_expires_at = now() - interval '1 minute' WHERE id = $1", lead);

        await SendAsync(lead, 2);

        await VerifyAsync(lead, await TokenAsync(lead));
    }

    [Fact]
    public async Task While_no_mail_can_be_sent_the_old_link_stays_good()
    {
        var lead = await GivenLeadAsync();
        await SendAsync(lead, 1);
        string old = await TokenAsync(lead);
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "novu",
            Method = "POST",
            BodyContains = $"lead-verification-{lead:D}-2",
            Kind = FaultKind.Answer,
            Status = 503,
            Count = 0,
        });
        using var standing = world.StandStill();

        var sending = SendAsync(lead, 2);
        await fault.HitAsync();

        await VerifyAsync(lead, old);
        await fault.DisposeAsync();
        standing.Dispose();
        await sending;
        await VerifyAsync(lead, await TokenAsync(lead, mail: 2));
    }

    [Fact]
    public async Task A_mail_that_was_overtaken_by_a_newer_one_is_not_sent()
    {
        var lead = await GivenLeadAsync();
        await SendAsync(lead, 2);

        await SendAsync(lead, 1);

        Assert.EndsWith("-2", Assert.Single(await MailsAsync(lead)).TransactionId, StringComparison.Ordinal);
    }

    private async Task<Guid> GivenLeadAsync() => (await world.GivenLeadAsync()).Id;

    private async Task SendAsync(Guid lead, int generation)
    {
        var run = await world.Temporal.StartWorkflowAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(lead, generation)),
            new(ISendLeadVerificationWorkflow.WorkflowId(lead, generation), "tenant-provisioning"));
        await run.GetResultAsync();
    }

    private Task<VerifiedLead> VerifyAsync(Guid lead, string token) =>
        world.Services.GetRequiredService<VerifyLead>().ExecuteAsync(lead, token, CancellationToken);

    private async Task<string> TokenAsync(Guid lead, int mail = 1) =>
        ((string)(await MailsAsync(lead))[mail - 1].Payload["verifyUrl"]!).Split('#')[1];

    private Task<List<Sandbox.Novu.Mail>> MailsAsync(Guid lead) =>
        world.Control.MailsAsync(NovuMail.SubscriberId(lead));
}
