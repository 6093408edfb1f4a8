using Api;
using Api.Settings;
using ControlPlane.Settings;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Azure.Functions.Worker.Invocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Functions;

/// <summary>The API as an Azure Functions app (isolated worker). The host passes every setting.</summary>
public static class FunctionsApp
{
    /// <param name="args">The arguments of the Functions host.</param>
    /// <param name="configure">Changes for tests, such as settings and the clock.</param>
    /// <exception cref="SettingException">A value is malformed, or not allowed in Production.</exception>
    public static IHost Build(string[] args, Action<FunctionsApplicationBuilder>? configure = null)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        builder.UseMiddleware<ApiMiddleware>();
        // Generated code. Registered here, because the worker would search the entry assembly for it.
        builder.Services.AddSingleton<IFunctionMetadataProvider, GeneratedFunctionMetadataProvider>();
        builder.Services.AddSingleton<IFunctionExecutor, DirectFunctionExecutor>();
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysInMemory());
        builder.Services.AddApi(new HttpHead(HidesClientAddress: true));
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        configure?.Invoke(builder);
        builder.Services.AddApiMetricExport(new SettingsReader(builder.Configuration, builder.Environment));
        var app = builder.Build();
        app.Services.CheckSettings();
        return app;
    }
}
