using FunctionsHost.Functions;
using Microsoft.AspNetCore.Routing.Constraints;

namespace FunctionsHost.Http;

/// <summary>
/// The routes of the functions. The first match in the order of the functions' names wins: a literal segment has no
/// precedence over a parameter. Methods are a constraint like any other, so a wrong method matches nothing.
/// </summary>
internal sealed class FunctionRoutes
{
    private readonly IReadOnlyList<(HostedFunction Function, Route Route)> routes;

    public FunctionRoutes(FunctionTable table, string prefix, IInlineConstraintResolver resolver) =>
        routes = [.. table.Functions.Select(function => (function, RouteOf(function, prefix, resolver)))];

    public async Task<(HostedFunction Function, RouteValueDictionary Values)?> MatchAsync(HttpContext context)
    {
        foreach (var (function, route) in routes)
        {
            var candidate = new RouteContext(context);
            await route.RouteAsync(candidate);
            if (candidate.Handler is not null)
                return (function, candidate.RouteData.Values);
        }

        return null;
    }

    private static Route RouteOf(HostedFunction function, string prefix, IInlineConstraintResolver resolver)
    {
        var template = prefix.Length == 0 ? function.Route : $"{prefix}/{function.Route}";
        var constraints = new Dictionary<string, object>();
        if (function.Methods.Count > 0)
            constraints["httpMethod"] = new HttpMethodRouteConstraint([.. function.Methods]);
        var match = new RouteHandler(_ => Task.CompletedTask);
        return new Route(
            match, function.Name, template, defaults: null, constraints, dataTokens: null, resolver);
    }
}
