using Api;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Functions;

/// <summary>The API as an Azure Functions app (isolated worker). The host gives it every setting and its port.</summary>
public static class FunctionsApp
{
    /// <param name="args">The arguments of the Functions host.</param>
    /// <param name="configure">Changes for tests, such as settings and the clock.</param>
    public static IHost Build(string[] args, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<ApiMiddleware>();
        builder.Services.AddApi();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        configure?.Invoke(builder);
        return builder.Build();
    }
}
