using System.Net;
using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests.Sample;

/// <summary>Calls of an app with Extensions.Http.AspNetCore, which the host proxies.</summary>
public sealed class ProxiedCallTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    private readonly RunningSample app = sample.App;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_arrives_whole_with_and_without_a_length(bool chunked)
    {
        var body = new byte[300_000];
        new Random(1).NextBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/echo");
        request.Content = new ByteArrayContent(body);
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_callers_address_in_X_Forwarded_For_is_lost_and_other_headers_arrive()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/headers")
        {
            Headers = { { "X-Forwarded-For", "1.2.3.4, 5.6.7.8" }, { "X-Azure-ClientIP", "1.2.3.4" } },
        };

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var seen = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("5.6.7.8", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("x-forwarded-for", seen, StringComparison.Ordinal);
        Assert.Contains("x-azure-clientip: 1.2.3.4", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_function_sees_the_loopback_address_and_the_callers_Host()
    {
        Assert.Equal($"127.0.0.1||127.0.0.1:{app.Server.Address.Port}", await app.GetAsync("/api/remote"));
    }

    [Fact]
    public async Task The_invocations_id_arrives_as_a_header() =>
        Assert.Contains("x-ms-invocation-id: ", await app.GetAsync("/api/headers"), StringComparison.Ordinal);

    [Fact]
    public async Task A_HEAD_request_is_answered_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/headers");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_redirect_goes_to_the_caller()
    {
        using var response = await app.Client.GetAsync("/api/redirect", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/api/headers", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_literal_route_is_shadowed_by_an_earlier_parameter()
    {
        Assert.Equal("A:fixed", await app.GetAsync("/api/items/fixed"));
    }

    [Fact]
    public async Task A_path_arrives_decoded_but_for_its_slashes() =>
        Assert.Equal("A:a%2Fb cé", await app.GetAsync("/api/Items/a%2Fb%20c%C3%A9"));

    [Fact]
    public void A_function_with_a_reserved_route_is_in_error() =>
        Assert.Equal(["Reserved"], app.Server.FunctionErrors.Keys);

    [Fact]
    public async Task A_function_that_throws_is_answered_with_500_and_no_body()
    {
        using var response = await app.Client.GetAsync("/api/throw", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("Kestrel", response.Headers.Server.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_function_with_a_key_is_closed()
    {
        using var response = await app.Client.GetAsync("/api/keyed", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_leaves_cancels_the_functions_token()
    {
        using var leaving = new CancellationTokenSource();
        var call = app.Client.GetAsync("/api/wait", leaving.Token);
        await app.Log.LineAsync("Warning Function.Wait.User: The sample waits in GET.");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await app.Log.LineAsync("Warning Function.Wait.User: The sample's wait was cancelled.");
    }

    [Fact]
    public async Task A_callers_own_invocation_id_breaks_its_call_as_under_the_real_host()
    {
        var answer = await RawHttp.SendAsync(
            app.Server.Address, "GET /api/headers HTTP/1.1", "x-ms-invocation-id: own");

        Assert.StartsWith("HTTP/1.1 500", answer);
    }

    [Fact]
    public async Task The_environment_of_the_app_is_the_hosts()
    {
        Assert.Equal("dotnet-isolated", await app.GetAsync("/api/settings/FUNCTIONS_WORKER_RUNTIME"));
        using var missing = await app.Client.GetAsync("/api/settings/HOSTNAME", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }
}
