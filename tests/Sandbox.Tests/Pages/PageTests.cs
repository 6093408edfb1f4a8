using System.Net;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Sandbox.Tests.Novu;
using Sandbox.Tests.S3;
using Testing;

namespace Sandbox.Tests.Pages;

public sealed partial class PageTests(SandboxFixture fixture) : IDisposable
{
    private readonly HttpClient browser = new() { DefaultRequestHeaders = { { "Accept", "text/html,*/*;q=0.8" } } };
    private readonly string id = SandboxFixture.UniqueKey();

    public void Dispose() => browser.Dispose();

    [Fact]
    public async Task The_page_lists_buckets_with_their_tags_and_objects()
    {
        using var s3 = S3Client.Create(fixture.Sandbox.S3!);
        await s3.PutBucketAsync(id);
        await s3.PutBucketTaggingAsync(
            new PutBucketTaggingRequest { BucketName = id, TagSet = [new() { Key = "tenant", Value = "<b>" }] });
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = id, Key = "k", ContentBody = "x" });
        var page = await browser.GetStringAsync(fixture.Sandbox.S3);
        var row = Rows().Matches(page).Single(
            row => row.Value.Contains($"<td>{id}</td>", StringComparison.Ordinal)).Value;
        Assert.Contains("<li>tenant = &lt;b&gt;</li>", row, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_request_from_a_program_gets_no_page()
    {
        using var program = new HttpClient();
        using var answer = await program.GetAsync(fixture.Sandbox.S3);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("application/xml", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_mail_is_listed_on_the_first_page_and_can_be_opened()
    {
        using var novu = new NovuClient(fixture.Sandbox.Novu!);
        await novu.WorkflowAsync(
            id, "For {{payload.name}}", "<a href=\"{{payload.url}}\">Choose</a><script>alert(1)</script>");
        var to = new { subscriberId = id, email = $"{id}@example.com" };
        await novu.TriggerAsync(id, to, new { name = $"<i>{id}", url = "https://a.example/#t" });
        var page = await browser.GetStringAsync(fixture.Sandbox.Novu);
        var link = Regex.Match(page, $"<a href=\"(/mails/[0-9]+)\">For &lt;i&gt;{id}</a>");
        Assert.True(link.Success, page);

        using var mail = await browser.GetAsync(new Uri(fixture.Sandbox.Novu!, link.Groups[1].Value));
        var text = await mail.Content.ReadAsStringAsync();
        Assert.Contains("<a href=\"https://a.example/#t\">Choose</a>", text, StringComparison.Ordinal);
        // The page contains the mail's script; the policy keeps the browser from running it.
        var policy = mail.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_for_an_unknown_mail_links_back()
    {
        using var answer = await browser.GetAsync(new Uri(fixture.Sandbox.Novu!, "/mails/999999"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<a href=\"/\">", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_have_the_markup_that_screen_readers_need()
    {
        foreach (var address in new[] { fixture.Sandbox.S3, fixture.Sandbox.Novu })
        {
            var page = await browser.GetStringAsync(address);
            Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
            Assert.Matches("<title>.+</title>", page);
            Assert.Single(Regex.Matches(page, "<h1>"));
            Assert.Equal(Regex.Count(page, "<table>"), Regex.Count(page, "<caption>"));
            Assert.Equal(
                Regex.Count(page, "<th"), Regex.Count(page, "<th scope=\"col\">") + Regex.Count(page, "<thead>"));
        }
    }

    [GeneratedRegex("<tr>.*?</tr>\n", RegexOptions.Singleline)]
    private static partial Regex Rows();
}
