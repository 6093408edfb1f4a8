using Api;
using Api.Http;
using Api.Settings;
using ControlPlane;
using ControlPlane.Settings;
using Server;

if (ProductVersion.Prints(args))
{
    return 0;
}

try
{
    var builder = ServerBuilder.Create(args);
    // As a custom handler too, the process sees the Functions host alone.
    bool hasFunctionsHost = builder.Configuration["FUNCTIONS_CUSTOMHANDLER_PORT"] is not null;
    builder.Services.AddApi(new HttpHead(HidesClientAddress: hasFunctionsHost));
    builder.Services.AddApiMetricExport(new SettingsReader(builder.Configuration, builder.Environment));

    var app = builder.Build();
    app.Services.CheckSettings();
    app.UseResponseHeaders();
    app.UseProblemDetails();
    app.UseHeadLimits();
    app.UseRouting();
    app.UseEndpointRules();
    app.MapApi();
    app.Run();
    return 0;
}
catch (SettingException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
