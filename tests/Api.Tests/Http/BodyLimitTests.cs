namespace Api.Tests.Http;

public sealed class BodyLimitTests(ApiFixture fixture)
{
    // More than the socket buffers hold: a server that stops reading at 64 KiB would break the caller's connection.
    private const int Length = 16 * 1024 * 1024;

    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("an unknown token", "401")]
    [InlineData(null, "413")]
    public async Task A_caller_with_an_oversized_body_receives_the_error(string? bearer, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status}",
            await SendAsync($"Content-Length: {Length}", new byte[Length], bearer), StringComparison.Ordinal);

    [Fact]
    public async Task A_caller_with_an_oversized_chunked_body_receives_the_error()
    {
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[0x10000], .. "\r\n"u8];
        byte[] body = [.. Enumerable.Repeat(chunk, Length / 0x10000).SelectMany(bytes => bytes), .. "0\r\n\r\n"u8];

        Assert.StartsWith("HTTP/1.1 413",
            await SendAsync("Transfer-Encoding: chunked", body), StringComparison.Ordinal);
    }

    private Task<string> SendAsync(string framing, byte[] body, string? bearer = null) => app.SendAsync(
        $"POST {(bearer is null ? "/leads" : "/tenants/0197b0a1-0000-7000-8000-000000000001/provision")} HTTP/1.1",
        body, "Content-Type: application/json", $"Authorization: Bearer {bearer}", framing);
}
