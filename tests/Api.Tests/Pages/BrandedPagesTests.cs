using System.Net;

namespace Api.Tests.Pages;

/// <summary>The product on the pages, from the settings <c>BRAND_*</c>.</summary>
public sealed class BrandedPagesTests(ApiFixture fixture)
{
    [Fact]
    public async Task A_brand_is_shown_encoded_and_only_its_logo_may_be_loaded()
    {
        await using var app = fixture.StartApplication(
            ("BRAND_NAME", "Bob & \"Sally\""),
            ("BRAND_LOGO_URL", "https://img.example.com:8443/a/logo.png"),
            ("BRAND_SUPPORT_EMAIL", "o'neil+help@example.com"),
            ("TENANT_KEY_MAX_LENGTH", "20"));

        foreach (string path in (string[])["/verify", "/invitations"])
        {
            var page = (await app.GetAsync(path)).Expect(HttpStatusCode.OK);
            Assert.Contains("<img class=\"logo\" src=\"https://img.example.com:8443/a/logo.png\" "
                + "alt=\"Bob &amp; &quot;Sally&quot;\">", page.Text, StringComparison.Ordinal);
            Assert.Contains("href=\"mailto:o%27neil%2Bhelp%40example.com\">o&#x27;neil&#x2B;help@example.com</a>",
                page.Text, StringComparison.Ordinal);
            Assert.EndsWith("; img-src data: https://img.example.com:8443",
                page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }

        Assert.Contains("2 to 20 characters", (await app.GetAsync("/verify")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/verify")]
    [InlineData("/invitations")]
    public async Task Without_a_brand_a_page_shows_none_and_has_no_placeholder(string path)
    {
        var page = (await fixture.Application.GetAsync(path)).Expect(HttpStatusCode.OK);

        Assert.DoesNotMatch("<!-- (brand|support)|<img|<header|<footer|[{][a-z]", page.Text);
        Assert.EndsWith(
            "; img-src data:", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }
}
