using Api.Http;
using Api.Tests.OpenApi;
using Api.Tokens;
using Microsoft.AspNetCore.Routing;

namespace Api.Tests.Http;

/// <summary>A misspelt filter must not return everything.</summary>
public sealed class QueryNamesTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private string OperatorToken => fixture.Realm.CreateToken(app.Time.GetUtcNow());

    [Fact]
    public async Task Every_route_refuses_an_unknown_query_name_and_lists_the_known_ones()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();
        var routes = Routes.All.Where(route => route.Metadata.GetMetadata<AnyQuery>() is null).ToList();
        Assert.True(routes.Count > 15);

        foreach (var route in routes)
        {
            string path = "/" + route.RoutePattern.RawText!.Trim('/')
                .Replace("{id:guid}", lead.Id, StringComparison.Ordinal);
            string method = route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];
            var kind = route.Metadata.GetMetadata<BearerRequirement>()?.Kind ?? BearerKind.None;
            string? bearer = (kind & (BearerKind.Operator | BearerKind.Application)) != 0 ? OperatorToken : lead.Jwt;
            var names = route.Metadata.GetMetadata<QueryNames>()?.Names ?? [];

            var answer = await app.SendAsync(new HttpMethod(method), $"{path}?no-such-name=1", bearer, null);

            answer.AssertProblem(400, "invalid_request", "query");
            Assert.Equal(
                names.Count == 0
                    ? "The query has an unknown name; this address takes no query."
                    : $"The query has an unknown name; known are {string.Join(", ", names)}.",
                answer.GetString("detail"));
        }
    }

    [Theory]
    [InlineData("key=plain&key=other")]
    [InlineData("key=plain&KEY=other")]
    public async Task A_name_that_occurs_twice_is_refused(string query) =>
        (await app.GetAsync($"/tenants?{query}", OperatorToken)).AssertProblem(400, "invalid_request", "query");

    // The name may be a token that was pasted into the address.
    [Fact]
    public async Task An_unknown_name_is_not_quoted() => Assert.DoesNotContain(
        "pasted", (await app.GetAsync("/ping?pasted-secret")).Text, StringComparison.Ordinal);

    [Fact]
    public async Task The_caller_is_authenticated_before_the_query_is_checked() =>
        (await app.GetAsync("/tenants?no-such-name=1")).AssertProblem(401, "token_missing");

    // Mail systems add names of their own to links.
    [Fact]
    public async Task A_page_opens_with_any_query()
    {
        Assert.Equal(
            ["InvitationPage", "PageFile", "VerifyPage"],
            Routes.All.Where(route => route.Metadata.GetMetadata<AnyQuery>() is not null)
                .Select(route => route.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName).Order());
        (await app.GetAsync("/verify?utm_source=mail")).Expect(System.Net.HttpStatusCode.OK);
    }
}
