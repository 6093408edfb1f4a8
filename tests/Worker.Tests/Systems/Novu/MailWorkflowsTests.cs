using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Novu;

public sealed class MailWorkflowsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Typed = "<a href=\"https://evil.example\">win</a>";

    private static readonly NovuOptions Templates = new(
        new Uri("http://127.0.0.1"), "unused", "typed-welcome", "typed-failed", "typed-verification");

    // The mail of an earlier version, word for word.
    private static readonly Dictionary<string, string> EarlierFailure = new()
    {
        ["subject"] = "{{payload.tenantName}} could not be set up",
        ["body"] =
            """
            <p>Hello {{payload.firstName | escape}},</p>
            <p>setting up {{payload.tenantName | escape}} did not succeed ({{payload.failedStep | escape}}):
            """
            + " {{payload.error | escape}}\n"
            + "We are looking into it. Questions: {{payload.supportEmail | escape}}</p>",
        ["editorType"] = "html",
    };

    // The verification mail, to an address not yet proven, shows no typed text at all; these go to a proven one.
    [Theory]
    [InlineData("typed-welcome")]
    [InlineData("typed-failed")]
    public async Task Text_typed_at_sign_up_is_escaped_in_the_mail(string workflow)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var novu = fixture.Services.GetRequiredService<INovuApi>();
        await new NovuWorkflows(novu, Templates).EnsureAsync(cancellationToken);
        string subscriber = $"stranger-{workflow}";
        await novu.SaveSubscriberAsync(new(subscriber, "victim@example.com", "A", "B"), cancellationToken);

        await novu.TriggerAsync(new(workflow, new(subscriber), new Dictionary<string, string>
        {
            ["firstName"] = Typed,
            ["lastName"] = Typed,
            ["tenantName"] = Typed,
        }, $"typed:{workflow}"), cancellationToken);

        var mail = Assert.Single(await fixture.Control.GetMailsAsync(subscriber));
        Assert.DoesNotContain("<a href=\"https://evil.example\"", mail.Body, StringComparison.Ordinal);
        Assert.Contains("&lt;a href", mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verification_mail_shows_only_the_link_and_the_support_address()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var novu = fixture.Services.GetRequiredService<INovuApi>();
        await new NovuWorkflows(novu, Templates).EnsureAsync(cancellationToken);
        await novu.SaveSubscriberAsync(new("typed", "victim@example.com", Typed, Typed), cancellationToken);

        await novu.TriggerAsync(new("typed-verification", new("typed"), new Dictionary<string, string>
        {
            ["firstName"] = Typed,
            ["lastName"] = Typed,
            ["companyName"] = Typed,
        }, "typed"), cancellationToken);

        var mail = Assert.Single(await fixture.Control.GetMailsAsync("typed"));
        Assert.DoesNotContain("evil", mail.Subject + mail.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_of_an_earlier_version_is_replaced_and_its_step_and_switch_stay()
    {
        var novu = fixture.Services.GetRequiredService<INovuApi>();
        await novu.CreateWorkflowAsync(
            new("old-failed", "Our name", Active: false, [new("email", "Email", EarlierFailure)], ["mine"]),
            CancellationToken);
        var before = (await novu.GetWorkflowAsync("old-failed", CancellationToken)).Data;
        var templates = Templates with { ProvisioningFailedTemplate = "old-failed" };

        var lines = await new NovuWorkflows(novu, templates).EnsureAsync(CancellationToken);
        var again = await new NovuWorkflows(novu, templates).EnsureAsync(CancellationToken);

        var after = (await novu.GetWorkflowAsync("old-failed", CancellationToken)).Data;
        Assert.Contains("workflow old-failed updated", lines);
        Assert.Empty(again);
        Assert.Equal(StepOf(before).GetProperty("_id").GetString(), StepOf(after).GetProperty("_id").GetString());
        Assert.Equal(("Our name", "INACTIVE"),
            (after.GetProperty("name").GetString(), after.GetProperty("status").GetString()));
        Assert.Equal("mine", Assert.Single(after.GetProperty("tags").EnumerateArray()).GetString());
        Assert.DoesNotContain("failedStep", BodyOf(after), StringComparison.Ordinal);
        Assert.Contains("payload.advice", BodyOf(after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_people_edited_stays_and_setup_says_so()
    {
        var novu = fixture.Services.GetRequiredService<INovuApi>();
        var edited = new Dictionary<string, string>(EarlierFailure) { ["body"] = "<p>Oh no, {{payload.error}}.</p>" };
        await novu.CreateWorkflowAsync(
            new("edited-failed", "Edited", Active: true, [new("email", "Email", edited)], []), CancellationToken);

        var lines = await new NovuWorkflows(novu, Templates with { ProvisioningFailedTemplate = "edited-failed" })
            .EnsureAsync(CancellationToken);

        Assert.Contains("workflow edited-failed left as people edited it", lines);
        Assert.Equal(edited["body"], BodyOf((await novu.GetWorkflowAsync("edited-failed", CancellationToken)).Data));
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static JsonElement StepOf(JsonElement workflow) => workflow.GetProperty("steps")[0];

    private static string BodyOf(JsonElement workflow) =>
        StepOf(workflow).GetProperty("controls").GetProperty("values").GetProperty("body").GetString()!;
}
