using Microsoft.Extensions.DependencyInjection;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Systems.Novu;

public sealed class MailWorkflowsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Typed = "<a href=\"https://evil.example\">win</a>";

    private static readonly NovuOptions Templates = new(
        new Uri("http://127.0.0.1"), "unused", "support@example.com",
        "typed-welcome", "typed-failed", "typed-verification");

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
}
