using System.Text.RegularExpressions;
using ControlPlane;
using Sandbox.Novu;
using Testing;
using Worker.Tests.Support;

namespace Worker.Tests.Mails;

/// <summary>The mails as their recipients read them.</summary>
public sealed partial class MailTextTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task The_welcome_mail_says_who_writes_and_what_comes_first()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var mail = await MailAsync(tenant);
        string text = TextOf(mail);
        AssertOrder(
            text,
            "control.example.com writes to you because you ordered a workspace",
            "First, choose your password. Your login name is ",
            "works once and is valid for 72 hours",
            "open https://control.example.com/invitations and paste this code: " + mail.Payload["code"],
            "Then log in to your application",
            "the page for user administration",
            "Questions? Write to ");
        AssertOrder(mail.Body, (string)mail.Payload["loginUrl"]!, (string)mail.Payload["appPlaneUrl"]!);
        Assert.Contains((string)mail.Payload["loginName"]!, text, StringComparison.Ordinal);
        // The code is the part of the link after #.
        Assert.EndsWith(
            "/invitations#" + mail.Payload["code"], (string)mail.Payload["loginUrl"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_failure_mail_says_why_and_what_to_do_without_codes_and_ids()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "role x lacks a right"));

        await fixture.FailAsync(tenant);

        string text = TextOf(await MailAsync(tenant));
        AssertOrder(
            text,
            "control.example.com writes to you because you ordered a workspace",
            "A system that your application needs refused to do its part.",
            "You do not have to do anything",
            "Questions? Write to ");
        Assert.DoesNotMatch("(?i)provision|forbidden|role x", text);
        Assert.DoesNotContain(tenant.Id.ToString("D"), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_brand_is_named_and_shown_in_the_mails()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.ChangeSettingsAsync(
            ("BRAND_NAME", "Bob & Sally"),
            ("BRAND_LOGO_URL", "https://img.example.com/logo.png"),
            ("BRAND_SUPPORT_EMAIL", "help@example.com")))
        {
            await (await fixture.StartAsync(tenant)).GetResultAsync();
        }

        var mail = await MailAsync(tenant);
        Assert.Contains(
            "<img src=\"https://img.example.com/logo.png\" alt=\"Bob &amp; Sally\"",
            mail.Body, StringComparison.Ordinal);
        Assert.Contains("Bob &amp; Sally writes to you", mail.Body, StringComparison.Ordinal);
        Assert.Contains("mailto:help@example.com", mail.Body, StringComparison.Ordinal);
    }

    private async Task<Mail> MailAsync(TestTenant tenant) => (await AssertMore.EventuallyAsync(
        () => fixture.Control.GetMailsAsync(tenant.SubscriberId), mails => mails.Count > 0))[^1];

    private static string TextOf(Mail mail) => Spaces().Replace(Tags().Replace(mail.Body, ""), " ");

    private static void AssertOrder(string text, params string[] parts)
    {
        int position = 0;
        foreach (string part in parts)
        {
            int found = text.IndexOf(part, position, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is not in, or not in this place of: {text}");
            position = found;
        }
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
