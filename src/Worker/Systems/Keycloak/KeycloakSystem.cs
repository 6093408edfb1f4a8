using System.CommandLine;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;

namespace Worker.Systems.Keycloak;

/// <summary>Keycloak: a realm with a client and an admin user for each tenant, and the operators' realm.</summary>
public sealed class KeycloakSystem : OutsideSystem
{
    public const string SystemId = "keycloak";

    private const string Suffix = "-keycloak";

    private static readonly TaskQueue UndoQueue = TaskQueue.ForUndo(Suffix);

    public static TaskQueue MainQueue { get; } = new(Suffix, 8) { Undo = UndoQueue };

    /// <summary>
    /// The queue that creates realms: one at a time in the whole installation, since each creation slows down the next.
    /// </summary>
    public static TaskQueue RealmQueue { get; } = new("-keycloak-realms", 1, IsSingleWorker: true) { Undo = UndoQueue };

    public override string Id => SystemId;

    public override string Name => KeycloakAdmin.System;

    public override IReadOnlyList<string> ResourceTypes =>
    [
        ControlPlane.Provisioning.ResourceTypes.KeycloakRealm,
        ControlPlane.Provisioning.ResourceTypes.KeycloakClient,
        ControlPlane.Provisioning.ResourceTypes.KeycloakAdminUser,
    ];

    public override TaskQueue Queue => MainQueue;

    public override IReadOnlyList<TaskQueue> Queues => [RealmQueue, MainQueue, UndoQueue];

    public override IReadOnlyList<Option> SetupOptions => KeycloakSetup.Options;

    public override string Switch => KeycloakOptions.Switch;

    protected override (string Name, string Expected)? MainSetting => ("KEYCLOAK_URL", "an address of Keycloak");

    public override string? GetDisabledReason(SettingsReader settings) => KeycloakOptions.From(settings) is null
        ? "Keycloak is switched off (KEYCLOAK_ENABLED, KEYCLOAK_URL)."
        : null;

    public override void AddServices(IServiceCollection services, SettingsReader settings)
    {
        if (KeycloakOptions.From(settings) is not { } options)
        {
            services
                .AddTransient<KeycloakAdmin>(_ => throw NotConfigured(settings))
                .AddTransient<KeycloakOptions>(_ => throw NotConfigured(settings));
        }
        else
        {
            var address = new Uri(options.Url);
            var timeout = TimeoutScale.From(settings).CallTimeout(KeycloakOptions.CallTimeout);
            services.AddSingleton(options).AddSingleton<KeycloakTokens>().AddTransient<KeycloakTokenHandler>();
            services.AddHttpClient(KeycloakTokens.ClientName).ConfigureOutside(address, timeout);
            services.AddRefitGeneratedClient<IKeycloakApi>(OutsideHttp.RefitSettings(KeycloakErrors.Admin))
                .ConfigureOutside(address, timeout)
                .AddHttpMessageHandler<KeycloakTokenHandler>();
            services.AddTransient<KeycloakAdmin>().AddTransient<ISystemInventory, KeycloakInventory>();
        }

        services.AddSingleton(ApplicationAddresses.From(settings))
            .AddSingleton(new TenantMailSettings(TenantMailSender.From(settings)));
        services.AddTransient<TenantRealmTemplate>()
            .AddTransient<TenantRealmChanges>()
            .AddTransient<TenantRealmFinder>()
            .AddTransient<KeycloakInventory>();
    }

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) => KeycloakDoctorChecks.For(host);

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) => KeycloakVerifyChecks.For(tenant);

    public override Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken) =>
        new KeycloakSetup(setup).RunAsync(cancellationToken);
}
