using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Api.Tests.OpenApi;

/// <summary>The routes of the API, without a head.</summary>
internal static class Routes
{
    /// <summary>All endpoints.</summary>
    public static IReadOnlyList<RouteEndpoint> All { get; } = [.. Read()];

    /// <summary>Builds an application with every route. It is for reading them, and has no settings.</summary>
    public static WebApplication Build(Action<IServiceCollection> addServices)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddApi(new HttpHead(HidesClientAddress: false));
        addServices(builder.Services);
        var app = builder.Build();
        app.MapApi();
        return app;
    }

    private static IEnumerable<RouteEndpoint> Read()
    {
        IEndpointRouteBuilder app = Build(_ => { });
        return app.DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>();
    }
}
