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

    // Anyone can sign up with another person's address: the typed text must not become a link in that person's mail.
    [Theory]
    [InlineData("typed-welcome")]
    [InlineData("typed-failed")]
    [InlineData("typed-verification")]
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
}
