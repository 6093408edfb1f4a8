using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;
using Worker.Mails;
using Worker.Sweeps;

namespace Worker.Systems.Novu;

/// <summary>Novu: sends the mails. Tenants own nothing in it.</summary>
public sealed class NovuSystem : OutsideSystem
{
    public const string SystemId = "novu";

    public static TaskQueue MainQueue { get; } = new("-novu", 8);

    public override string Id => SystemId;

    public override string Name => NovuMail.System;

    public override TaskQueue Queue => MainQueue;

    public override string Switch => NovuOptions.Switch;

    protected override (string Name, string Expected)? MainSetting => ("NOVU_API_KEY", "Novu's secret key");

    public override string? GetDisabledReason(SettingsReader settings) => NovuOptions.From(settings) is null
        ? "Novu is switched off (NOVU_ENABLED, NOVU_API_KEY)."
        : null;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        if (NovuOptions.From(settings) is not { } options)
        {
            services
                .AddTransient<NovuMail>(_ => throw NotConfigured(settings))
                .AddTransient<NovuOptions>(_ => throw NotConfigured(settings))
                .AddTransient<MailLinks>(_ => throw NotConfigured(settings))
                .AddTransient<MailBrand>(_ => throw NotConfigured(settings));
            return;
        }

        services.AddSingleton(options).AddSingleton(MailLinks.From(settings)).AddSingleton(MailBrand.From(settings));
        services.AddRefitGeneratedClient<INovuApi>(OutsideHttp.RefitSettings(NovuErrors.Table))
            .ConfigureOutside(
                options.BackendUrl, TimeoutScale.From(settings).CallTimeout(NovuOptions.CallTimeout))
            .ConfigureHttpClient(http => http.DefaultRequestHeaders.Authorization = new("ApiKey", options.ApiKey));
        services.AddTransient<NovuMail>().AddTransient<IContactStore, NovuSubscribers>();
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => NovuDoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => NovuVerifyChecks.For(tenant);

    public override async Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        var workflows = new NovuWorkflows(setup.Host.GetService<INovuApi>(), setup.Host.GetService<NovuOptions>());
        setup.PrintCreated(Name, await workflows.EnsureAsync(cancellationToken));
    }
}
