using System.Net;
using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests;

public sealed class OwnRouteTests
{
    [Theory]
    [InlineData("/admin/host/status")]
    [InlineData("/ADMIN/functions")]
    public async Task The_admin_API_is_closed(string path)
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("zz_Fallback", "{*path}"));

        using var response = await host.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().ToString());
    }

    [Fact]
    public async Task Without_keys_the_admin_API_says_that_it_is_not_played()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")), options => options with { EnableAuth = false });

        var (status, body) = await host.SendAsync(HttpMethod.Get, "/admin/host/status");

        Assert.Equal(HttpStatusCode.NotImplemented, status);
        Assert.Contains("does not play the admin API", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_root_is_the_hosts_home_page()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));

        Assert.Contains("<html", await host.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_home_page_can_be_disabled()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping")),
            options => options with
            {
                Settings = new Dictionary<string, string> { ["AzureWebJobsDisableHomepage"] = "true" },
            });

        Assert.Equal((HttpStatusCode.NoContent, ""), await host.SendAsync(HttpMethod.Get, "/"));
    }

    [Fact]
    public async Task TRACE_is_answered_by_the_host_even_if_a_function_serves_every_method()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("zz_Fallback", "{*path}"));

        Assert.Equal((HttpStatusCode.NotFound, ""), await host.SendAsync(HttpMethod.Trace, "/x"));
    }

    [Fact]
    public async Task Answers_name_the_hosts_server()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));

        using var response = await host.Client.GetAsync("/ping", TestContext.Current.CancellationToken);

        Assert.Equal("Kestrel", response.Headers.Server.ToString());
    }

    [Fact]
    public async Task Headers_over_32_KiB_are_refused()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));

        var small = await RawHttp.SendAsync(host.Server.Address, "GET /ping HTTP/1.1", $"X: {new string('x', 32_000)}");
        var large = await RawHttp.SendAsync(host.Server.Address, "GET /ping HTTP/1.1", $"X: {new string('x', 32_768)}");

        Assert.StartsWith("HTTP/1.1 200", small);
        Assert.StartsWith("HTTP/1.1 431", large);
    }

    [Fact]
    public async Task A_body_over_100_MiB_never_reaches_a_function()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));

        var response = await RawHttp.SendAsync(
            host.Server.Address, "POST /ping HTTP/1.1", "Content-Length: 104857601", "");

        Assert.StartsWith("HTTP/1.1 500", response);
    }

    [Theory]
    [InlineData("Function")]
    [InlineData("Admin")]
    public async Task A_function_with_keys_refuses_every_caller_as_there_are_no_keys(string level)
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Keyed", "keyed") { AuthLevel = level });

        Assert.Equal((HttpStatusCode.Unauthorized, ""), await host.SendAsync(HttpMethod.Get, "/keyed?code=anything"));
    }

    [Fact]
    public async Task Without_keys_a_function_of_any_level_is_open_as_under_func_start()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Keyed", "keyed") { AuthLevel = "Function" }),
            options => options with { EnableAuth = false });

        Assert.Equal("Keyed", await host.GetAsync("/keyed"));
    }

    [Fact]
    public async Task A_wrong_key_for_an_anonymous_function_is_ignored()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping"));
        host.Client.DefaultRequestHeaders.Add("x-functions-key", "wrong");

        Assert.Equal("Ping", await host.GetAsync("/ping?code=wrong"));
    }
}
