namespace Api.Tests.Http;

public sealed class HeadTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Theory]
    [InlineData("/")]
    [InlineData("/ping")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/verify")]
    [InlineData("/pages/page.css")]
    [InlineData("/pages/nothing")]
    [InlineData("/tenants")]
    [InlineData("/tenants?limit=0")]
    [InlineData("/tenants/0197b0a1-0000-7000-8000-000000000001/provisioning")]
    public async Task HEAD_has_the_status_of_GET_and_no_body(string path)
    {
        string operatorToken = fixture.Realm.CreateToken(app.Time.GetUtcNow());
        foreach (string? bearer in (string?[])[null, operatorToken])
        {
            var get = await app.GetAsync(path, bearer);

            var head = await app.SendAsync(HttpMethod.Head, path, bearer, null);

            Assert.Equal((get.Status, get.MediaType, ""), (head.Status, head.MediaType, head.Text));
        }
    }

    [Theory]
    [InlineData("HEAD", "/leads", "POST")]
    [InlineData("POST", "/ping", "GET, HEAD")]
    public async Task The_methods_of_an_address_include_HEAD_where_they_include_GET(
        string method, string path, string allowed)
    {
        string answer = await app.SendAsync($"{method} {path} HTTP/1.1", []);

        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Contains($"Allow: {allowed}\r\n", answer, StringComparison.Ordinal);
    }
}
