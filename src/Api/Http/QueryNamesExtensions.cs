using ControlPlane;

namespace Api.Http;

/// <summary>
/// Refuses a query with a name that the endpoint does not know, or that occurs twice: a misspelt filter would return
/// everything. The names come from the caller and are not quoted, since they may be a pasted token.
/// </summary>
public static class QueryNamesExtensions
{
    /// <summary>Declares the names that the endpoint reads from the query. Without it, there are none.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, params string[] names) =>
        route.WithMetadata(new QueryNames(names));

    /// <summary>Exempts endpoints from the rule.</summary>
    public static RouteGroupBuilder AcceptsAnyQuery(this RouteGroupBuilder routes) =>
        routes.WithMetadata(new AnyQuery());

    /// <summary>Adds the middleware that applies the rule, after the caller is authenticated.</summary>
    public static void UseQueryNames(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        // Only the router's own endpoint for 405 has no name.
        if (context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<IEndpointNameMetadata>() is not null
            && metadata.GetMetadata<AnyQuery>() is null)
        {
            Require(context.Request.Query, metadata.GetMetadata<QueryNames>()?.Names ?? []);
        }

        await next(context);
    });

    private static void Require(IQueryCollection query, IReadOnlyList<string> names)
    {
        if (query.Keys.FirstOrDefault(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)) is not null)
        {
            throw ControlPlaneException.Invalid("query", names.Count == 0
                ? "The query has an unknown name; this address takes no query."
                : $"The query has an unknown name; known are {string.Join(", ", names)}.");
        }

        if (query.Any(pair => pair.Value.Count > 1))
        {
            throw ControlPlaneException.Invalid("query",
                $"A name occurs twice in the query; each of {string.Join(", ", names)} may occur once.");
        }
    }
}

/// <summary>Endpoint metadata: the names that the endpoint reads from the query.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

/// <summary>Endpoint metadata: the endpoint reads nothing from the query, and accepts any.</summary>
internal sealed record AnyQuery;
