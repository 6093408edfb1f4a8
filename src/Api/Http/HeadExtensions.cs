namespace Api.Http;

/// <summary>HEAD is answered wherever GET is, without the body: load balancers probe with it.</summary>
public static class HeadExtensions
{
    /// <summary>Returns a group in which every route of GET also takes HEAD.</summary>
    public static RouteGroupBuilder WithHead(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods is [var method]
                && HttpMethods.IsGet(method))
            {
                // The router reads the last one.
                endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));
            }
        });
        return group;
    }
}
