using System.Reflection;
using Api.Tests.OpenApi;
using Functions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace Api.Tests;

/// <summary>
/// Both heads serve one table. A function has the name of its endpoint, which holds method, address, bearer, limits,
/// body rule and the operation of the OpenAPI document.
/// </summary>
public sealed class FunctionTableTests
{
    private const string Fallback = "zzFallback";

    // The host has no function at "/": https://github.com/Azure/azure-functions-host (WebScriptHostHttpRoutesManager).
    private const string AtTheRoot = "About";

    private static readonly Function[] All = [.. typeof(FunctionsApp).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
        .Select(Read)];

    [Fact]
    public void Each_endpoint_has_the_function_of_its_name_with_its_method_and_address()
    {
        var endpoints = Routes.All.Select(endpoint => new Function(
            endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName,
            string.Join(' ', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods).ToLowerInvariant(),
            endpoint.RoutePattern.RawText!.Trim('/')));

        Assert.Equal(
            endpoints.Where(endpoint => endpoint.Name != AtTheRoot).OrderBy(endpoint => endpoint.Name),
            All.Where(function => function.Name != Fallback).OrderBy(function => function.Name));
    }

    // The host tries the functions in the order of their names; the first route that matches wins.
    [Fact]
    public void No_route_hides_another_in_the_order_of_the_hosts()
    {
        foreach (var comparer in (StringComparer[])[StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase])
        {
            var ordered = All.OrderBy(function => function.Name, comparer).ToList();
            Assert.Equal(Fallback, ordered[^1].Name);
            Assert.All(ordered[..^1], function => Assert.Equal(
                function, ordered.First(other => other.Methods.Contains(function.Methods, StringComparison.Ordinal)
                    && other.Matches(function.SamplePath))));
        }
    }

    [Fact]
    public void No_route_begins_with_an_address_that_the_host_reserves() =>
        Assert.All(All, function => Assert.DoesNotMatch("^(admin|runtime)", function.Route));

    [Fact]
    public void The_fallback_takes_every_method_that_an_endpoint_may_have() => Assert.Equal(
        "get head post put patch delete options", All.Single(function => function.Name == Fallback).Methods);

    private static Function Read(MethodInfo method)
    {
        var trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .Single(attribute => attribute is not null)!;
        Assert.Equal(AuthorizationLevel.Anonymous, trigger.AuthLevel);
        return new Function(
            method.GetCustomAttribute<FunctionAttribute>()!.Name, string.Join(' ', trigger.Methods!), trigger.Route!);
    }

    private sealed record Function(string Name, string Methods, string Route)
    {
        public string SamplePath => "/" + Route
            .Replace("{id:guid}", "0197b0a1-0000-7000-8000-000000000001", StringComparison.Ordinal)
            .Replace("{file}", "page.css", StringComparison.Ordinal);

        public bool Matches(string path) =>
            new TemplateMatcher(TemplateParser.Parse(Route), []).TryMatch(path, []);
    }
}
