using System.Net;
using System.Text;

namespace Api.Tests.Http;

/// <summary>Requests as gateways and clients of all kinds send them.</summary>
public sealed class TransportTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("/%70ing", 200)]
    [InlineData("/PING", 200)]
    [InlineData("/ping/", 200)]
    [InlineData("/ping%2F", 404)]
    [InlineData("/tenants/0197b0a1-0000-7000-8000-000000000001%2Fresources", 404)]
    [InlineData("/tenants/..%2Fping", 404)]
    public async Task An_encoded_address_is_decoded_once_and_an_encoded_slash_separates_nothing(string path, int status)
    {
        string answer = await app.SendAsync($"GET {path} HTTP/1.1", []);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 404, answer.Contains("application/problem+json", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30_000, 200)]
    [InlineData(33_000, 431)]
    public async Task Headers_have_32_KiB(int length, int status) => Assert.StartsWith(
        $"HTTP/1.1 {status} ",
        await app.SendAsync("GET /ping HTTP/1.1", [], $"X-Long: {new string('a', length)}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_chunked_body_arrives_whole()
    {
        string body = System.Text.Json.JsonSerializer.Serialize(TestData.SignUp($"{TestData.NewKey()}.com"));
        var chunks = body.Chunk(10).Select(part => $"{part.Length:x}\r\n{new string(part)}\r\n");

        string answer = await app.SendAsync(
            "POST /leads HTTP/1.1", Encoding.ASCII.GetBytes(string.Concat(chunks) + "0\r\n\r\n"),
            "Content-Type: application/json", "Transfer-Encoding: chunked");

        Assert.StartsWith("HTTP/1.1 201 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_leaves_in_the_middle_of_its_body_is_no_error()
    {
        await using var own = fixture.StartApplication();
        for (int i = 0; i < 5; i++)
        {
            await own.LeaveAsync(
                "POST /leads HTTP/1.1", [.. "{\"email\":"u8], "Content-Type: application/json", "Content-Length: 1000");
        }

        (await own.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com"))).Expect(HttpStatusCode.Created);
        await own.DisposeAsync();
        Assert.DoesNotContain(own.Log.All, line => line.StartsWith("Error Api", StringComparison.Ordinal));
    }
}
