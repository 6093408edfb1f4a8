using Api.Tests.Http;

namespace Api.Tests.Server;

/// <summary>The limits of a request's head; the Functions host has its own, and answers without a body.</summary>
public sealed class HeadLimitTests(ApiFixture fixture)
{
    [Theory]
    [InlineData(9_000, 1, 1, "414", "address_too_long")]
    [InlineData(60_000, 1, 1, "414", "address_too_long")]
    [InlineData(1, 1, 33_000, "431", "headers_too_large")]
    [InlineData(1, 110, 1, "431", "headers_too_large")]
    public async Task A_head_above_the_limit_is_a_problem(int target, int count, int length, string status, string code)
    {
        string[] headers = [.. Enumerable.Range(0, count).Select(i => $"X-{i}: {new string('a', length)}")];

        string answer = await fixture.Application.SendAsync($"GET /{new string('a', target)} HTTP/1.1", [], headers);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{code}\"", answer, StringComparison.Ordinal);
    }
}
