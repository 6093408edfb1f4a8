using System.Net;
using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests;

public sealed class RouteTests
{
    [Fact]
    public async Task The_first_function_by_name_wins_whatever_its_route()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeFunction("C", "x/fixed", "get"), new FakeFunction("B", "x/{name}", "get"));

        Assert.Equal("B", await host.GetAsync("/x/fixed"));
    }

    [Fact]
    public async Task A_catch_all_serves_only_what_functions_before_it_leave()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeFunction("Ping", "ping", "get"), new FakeFunction("zz_Fallback", "{*path}"));

        Assert.Equal("Ping", await host.GetAsync("/ping"));
        Assert.Equal("zz_Fallback", await host.GetAsync("/other/path"));
        Assert.Equal("zz_Fallback", await host.GetAsync("/"));
        Assert.Equal((HttpStatusCode.OK, "zz_Fallback"), await host.SendAsync(HttpMethod.Delete, "/ping"));
    }

    [Theory]
    [InlineData("POST", "/ping")]
    [InlineData("HEAD", "/ping")]
    [InlineData("OPTIONS", "/ping")]
    [InlineData("TRACE", "/ping")]
    [InlineData("GET", "/unknown")]
    [InlineData("GET", "/ping/more")]
    public async Task Nothing_that_matches_no_function_is_told_apart_from_a_404_without_a_body(
        string method, string path)
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping", "get"));

        Assert.Equal((HttpStatusCode.NotFound, ""), await host.SendAsync(new HttpMethod(method), path));
    }

    [Fact]
    public async Task HEAD_reaches_a_function_that_lists_it()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping", "get", "head"));

        Assert.Equal((HttpStatusCode.OK, ""), await host.SendAsync(HttpMethod.Head, "/ping"));
    }

    [Theory]
    [InlineData("/numbers/7", "Number")]
    [InlineData("/numbers/0190163d-8694-739b-aea5-966c26f8ad90", "Identity")]
    [InlineData("/numbers/seven", null)]
    public async Task A_route_constraint_decides_whether_a_route_matches(string path, string? function)
    {
        await using var host = await FakeHost.StartAsync(
            new FakeFunction("Identity", "numbers/{id:guid}", "get"),
            new FakeFunction("Number", "numbers/{n:int}", "get"));

        var (status, body) = await host.SendAsync(HttpMethod.Get, path);

        Assert.Equal(function is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, status);
        Assert.Equal(function ?? "", body);
    }

    [Theory]
    [InlineData("/PING")]
    [InlineData("/ping/")]
    [InlineData("//ping")]
    public async Task Case_and_slashes_at_the_ends_of_a_path_do_not_matter(string path)
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("Ping", "ping", "get"));

        Assert.StartsWith("HTTP/1.1 200 OK", await RawHttp.SendAsync(host.Server.Address, $"GET {path} HTTP/1.1"));
    }

    [Theory]
    [InlineData("""{ "version": "2.0" }""", "/api/ping")]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "routePrefix": "v1/x" } } }""", "/v1/x/ping")]
    public async Task Routes_have_the_prefix_of_host_json_which_is_api_by_default(string hostJson, string path)
    {
        await using var host = await FakeHost.StartAsync(
            new FakeWorker(new FakeFunction("Ping", "ping", "get")), hostJson: hostJson);

        Assert.Equal("Ping", await host.GetAsync(path));
        Assert.Equal((HttpStatusCode.NotFound, ""), await host.SendAsync(HttpMethod.Get, "/ping"));
        Assert.Equal($"http://localhost:{host.Server.Address.Port}{path}", host.Server.UrlOf(host.Server.Functions[0]));
    }

    [Fact]
    public async Task A_function_without_a_route_is_served_at_its_name()
    {
        await using var host = await FakeHost.StartAsync(new FakeFunction("RegisterLead"));

        Assert.Equal("RegisterLead", await host.GetAsync("/registerlead"));
    }

    [Theory]
    [InlineData("admin/x")]
    [InlineData("Administration")]
    [InlineData("runtime")]
    public async Task A_function_in_the_routes_of_the_host_is_in_error_and_the_others_are_served(string route)
    {
        await using var host = await FakeHost.StartAsync(
            new FakeFunction("Bad", route, "get"), new FakeFunction("Good", "good", "get"));

        Assert.Equal(
            "The specified route conflicts with one or more built in routes.", host.Server.FunctionErrors["Bad"]);
        Assert.Equal("Good", await host.GetAsync("/good"));
        Assert.Equal(["Good"], host.Server.Functions.Select(function => function.Name));
    }

    [Fact]
    public async Task A_route_has_one_function_for_each_method_and_the_later_name_is_in_error()
    {
        await using var host = await FakeHost.StartAsync(
            new FakeFunction("A", "same", "get"),
            new FakeFunction("B", "SAME/", "get", "put"),
            new FakeFunction("C", "same", "post"));

        Assert.Equal("The route specified conflicts with the route defined by function 'A'.",
            host.Server.FunctionErrors["B"]);
        Assert.Equal("A", await host.GetAsync("/same"));
        Assert.Equal((HttpStatusCode.OK, "C"), await host.SendAsync(HttpMethod.Post, "/same"));
        Assert.Equal((HttpStatusCode.NotFound, ""), await host.SendAsync(HttpMethod.Put, "/same"));
    }
}
