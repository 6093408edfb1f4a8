using System.Text;
using Api.Tests.Http;

namespace Api.Tests.Server;

/// <summary>In front of the Functions app, the host fails to forward such a body.</summary>
public sealed class MalformedChunkTests(ApiFixture fixture)
{
    [Theory]
    [InlineData("fffffffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("7fffffff0\r\n{}\r\n0\r\n\r\n")]
    [InlineData("80000000\r\n{}\r\n0\r\n\r\n")]
    [InlineData("xyz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}junk\r\n0\r\n\r\n")]
    public async Task A_malformed_chunk_is_400(string body) => Assert.StartsWith("HTTP/1.1 400 ",
        await fixture.Application.SendBytesAsync(Encoding.ASCII.GetBytes(
            "POST /leads HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body)),
        StringComparison.Ordinal);
}
