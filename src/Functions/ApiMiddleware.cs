using Api;
using Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Functions;

/// <summary>
/// Runs the API's own middleware around every function: problem details, the choice of the endpoint, and its rules.
/// An exception must not leave it: the host would answer 500 without a body.
/// </summary>
internal sealed class ApiMiddleware(IServiceProvider services) : IFunctionsWorkerMiddleware
{
    private readonly Lazy<RequestDelegate> pipeline = new(() => BuildPipeline(services));

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()
            ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} was not called by HTTP.");
        // The worker has chosen an endpoint of its own, one for each function.
        http.SetEndpoint(null);
        http.Features.Set(new Function(() => next(context)));
        return pipeline.Value(http);
    }

    private static RequestDelegate BuildPipeline(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseResponseHeaders();
        app.UseProblemDetails();
        app.UseRouting();
        app.UseEndpointRules();
        app.Use((HttpContext context, RequestDelegate _) => context.Features.Get<Function>()!.RunAsync());
        // Gives the routes to UseRouting. The function itself runs the endpoint.
        app.UseEndpoints(routes => routes.MapApi());
        return app.Build();
    }

    private sealed record Function(Func<Task> RunAsync);
}
