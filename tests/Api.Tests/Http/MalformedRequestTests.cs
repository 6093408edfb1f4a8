using System.Net;
using System.Text.Json;

namespace Api.Tests.Http;

/// <summary>A malformed request is the caller's error: 4xx with a code, and never 5xx.</summary>
public sealed class MalformedRequestTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=us-ascii")]
    [InlineData("application/json; profile=\"x\"; charset=\"utf-8\"")]
    public async Task A_charset_is_read_with_and_without_quotes(string type) =>
        (await SendAsync(type)).Expect(HttpStatusCode.Created);

    [Theory]
    [InlineData("application/json; charset=nonsense")]
    [InlineData("application/json; charset=\"non sense\"")]
    [InlineData("application/json; charset=utf-7")]
    [InlineData("application/json; charset=")]
    [InlineData("application/json; charset=\"utf-8")]
    [InlineData("application/json; charset=utf-8; charset=nonsense")]
    [InlineData("text/plain")]
    [InlineData("application")]
    public async Task An_unknown_charset_or_type_is_415(string type)
    {
        var answer = await SendAsync(type);

        answer.AssertProblem(415, "unsupported_media_type");
        Assert.Contains("Content-Type", answer.GetString("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    public async Task An_encoded_body_is_415_and_the_answer_says_why(string encoding)
    {
        var answer = await SendAsync("application/json", encoding);

        answer.AssertProblem(415, "unsupported_media_type");
        Assert.Contains("Content-Encoding", answer.GetString("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_encoding_identity_changes_nothing() =>
        (await SendAsync("application/json", "identity")).Expect(HttpStatusCode.Created);

    private Task<Answer> SendAsync(string type, string? encoding = null)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            TestData.SignUp($"{TestData.NewKey()}.com")));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return app.SendAsync(HttpMethod.Post, "/leads", null, content);
    }
}
