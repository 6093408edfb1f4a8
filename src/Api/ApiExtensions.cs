using Api.Audit;
using Api.Connections;
using Api.Health;
using Api.Http;
using Api.Idempotency;
using Api.Invitations;
using Api.Leads;
using Api.Pages;
using Api.Provisioning;
using Api.RateLimits;
using Api.Tenants;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Telemetry;

namespace Api;

/// <summary>The HTTP surface of the control plane. Both heads, Functions and Server, add and use all of it.</summary>
public static class ApiExtensions
{
    public static IServiceCollection AddApi(this IServiceCollection services, HttpHead head)
    {
        services.AddSingleton(head);
        services.AddSingleton(DatabasePatience.Interactive);
        services.AddAudit();
        services.AddControlPlane();
        services.AddHealth();
        services.AddIdempotency();
        services.AddJson();
        services.AddSingleton<PageText>();
        services.AddRateLimits();
        services.AddSignUpOrigins();
        services.AddTokens();
        return services;
    }

    /// <summary>Sends the metrics of the API and those of its web server to the configured receivers.</summary>
    /// <exception cref="SettingException">A setting has an unusable value.</exception>
    public static void AddApiMetricExport(this IServiceCollection services, SettingsReader settings) =>
        services.AddMetricExport(
            settings, "arc-saas-functions",
            SignUpMetrics.MeterName, Refusals.MeterName, "Microsoft.AspNetCore.Hosting");

    /// <summary>Maps every route.</summary>
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes = routes.WithHead().WithSignUpOrigins();
        routes.MapAbout();
        routes.MapAudit();
        routes.MapConnections();
        routes.MapHealth();
        routes.MapInvitations();
        routes.MapLeads();
        routes.MapDocument();
        routes.MapPages();
        routes.MapProvisioning();
        routes.MapTenants();
    }

    /// <summary>
    /// Adds the middleware that applies an endpoint's rules before its body is read. The endpoint must be known by
    /// then; <see cref="ProblemDetailsExtensions.UseProblemDetails"/> comes before it.
    /// </summary>
    public static void UseEndpointRules(this IApplicationBuilder app)
    {
        app.UseSignUpOrigins();
        app.UseRateLimits();
        app.UseTokens();
        app.UseAudit();
        app.UseQueryNames();
        app.UseBodyLimit();
        app.UseJsonBody();
        app.UseIdempotency();
    }
}
