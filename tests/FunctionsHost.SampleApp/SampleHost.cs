using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace FunctionsHost.SampleApp;

/// <summary>
/// The sample as an isolated app with ASP.NET Core, as one without it (SAMPLE_HTTP=rpc), or as a custom handler.
/// </summary>
public static class SampleHost
{
    /// <param name="configuration">Needed in a process that was not started as a worker.</param>
    public static IHost Build(string[] args, IEnumerable<KeyValuePair<string, string?>>? configuration = null)
    {
        if (Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT") is { } port)
            return BuildCustomHandler(port);
        if (Environment.GetEnvironmentVariable("SAMPLE_HTTP") == "rpc")
            return new HostBuilder().ConfigureFunctionsWorkerDefaults().Build();
        if (Environment.GetEnvironmentVariable("SAMPLE_FAILURE") == "start")
            throw new InvalidOperationException("The sample fails at its start.");
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.ConfigureFunctionsWebApplication();
        return builder.Build();
    }

    private static WebApplication BuildCustomHandler(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            await context.Response.WriteAsJsonAsync(new
            {
                context.Request.Method,
                Path = context.Request.Path.Value,
                Headers = context.Request.Headers.ToDictionary(header => header.Key, header => $"{header.Value}"),
                Body = body,
            });
        });
        return app;
    }
}
