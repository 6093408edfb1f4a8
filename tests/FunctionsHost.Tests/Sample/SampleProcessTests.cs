using System.Net;

namespace FunctionsHost.Tests.Sample;

/// <summary>Tests that end, or start differently, the sample's process.</summary>
public sealed class SampleProcessTests
{
    [Fact]
    public async Task A_function_that_ends_its_process_fails_and_the_next_call_finds_a_new_one()
    {
        await using var app = await RunningSample.StartAsync();

        using var failed = await app.Client.PostAsync("/api/exit/3", null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("A:again", await app.GetAsync("/api/items/again"));
        Assert.Contains("Error Host: The worker ended with exit code 3.", app.Log.Lines);
    }

    [Fact]
    public async Task A_function_that_throws_after_the_beginning_of_its_answer_breaks_the_connection()
    {
        await using var app = await RunningSample.StartAsync();

        using var response = await app.Client.GetAsync(
            "/api/throw/late", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task An_app_that_fails_at_its_start_is_answered_with_503_and_its_console_is_in_the_log()
    {
        await using var app = await RunningSample.StartAsync(new() { ["SAMPLE_FAILURE"] = "start" });

        using var response = await app.Client.GetAsync("/api/headers", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await app.Log.LineAsync("Information Host.Function.Console: Unhandled exception.");
    }

    [Fact]
    public async Task Without_ASP_NET_Core_a_chunked_body_is_lost_and_the_forwarded_address_arrives()
    {
        await using var app = await RunningSample.StartAsync(new() { ["SAMPLE_HTTP"] = "rpc" });
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/echo");
        chunked.Content = new StringContent("body");
        chunked.Headers.TransferEncodingChunked = true;
        using var whole = new HttpRequestMessage(HttpMethod.Post, "/api/echo") { Content = new StringContent("body") };
        using var forwarded = new HttpRequestMessage(HttpMethod.Get, "/api/headers")
        {
            Headers = { { "X-Forwarded-For", "1.2.3.4" } },
        };

        Assert.Equal("", await SendAsync(app, chunked));
        Assert.Equal("body", await SendAsync(app, whole));
        Assert.Contains("x-forwarded-for: 1.2.3.4", await SendAsync(app, forwarded), StringComparison.Ordinal);
        using var thrown = await app.Client.GetAsync("/api/throw", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, thrown.StatusCode);
    }

    [Fact]
    public async Task Without_ASP_NET_Core_a_caller_that_leaves_cancels_the_functions_token()
    {
        await using var app = await RunningSample.StartAsync(new() { ["SAMPLE_HTTP"] = "rpc" });
        using var leaving = new CancellationTokenSource();
        var call = app.Client.GetAsync("/api/wait", leaving.Token);
        await app.Log.LineAsync("The sample waits in GET.");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await app.Log.LineAsync("The sample's wait was cancelled.");
    }

    private static async Task<string> SendAsync(RunningSample app, HttpRequestMessage request)
    {
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
