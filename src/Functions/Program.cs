using ControlPlane;
using ControlPlane.Settings;
using Functions.Health;
using Functions.Hosting;
using Functions.Http;
using Functions.Invitations;
using Functions.Leads;
using Functions.Pages;
using Functions.Provisioning;
using Functions.RateLimits;
using Functions.Tenants;
using Functions.Tokens;

try
{
    var builder = FunctionsBuilder.Create(args);
    builder.Services.AddControlPlane();
    builder.Services.AddHealth();
    builder.Services.AddJson();
    builder.Services.AddOpenApiDocument();
    builder.Services.AddRateLimits();
    builder.Services.AddTokens();

    var app = builder.Build();
    app.CheckSettings();
    app.UseProblemDetails();
    app.UseRouting();
    app.UseRateLimits();
    app.UseTokens();
    app.UseBodyLimit();
    app.MapAbout();
    app.MapHealth();
    app.MapInvitations();
    app.MapLeads();
    app.MapOpenApi("/openapi/v1.json");
    app.MapPages();
    app.MapProvisioning();
    app.MapTenants();
    app.Run();
    return 0;
}
catch (SettingException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
