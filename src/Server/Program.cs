using Api;
using Api.Http;
using Api.Settings;
using ControlPlane.Settings;
using Server;

try
{
    var builder = ServerBuilder.Create(args);
    builder.Services.AddApi(new HttpHead(HidesClientAddress: false));

    var app = builder.Build();
    app.Services.CheckSettings();
    app.UseProblemDetails();
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
