using ControlPlane.Invitations;
using ControlPlane.Leads;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using ControlPlane.Security;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace ControlPlane;

public static class ControlPlaneServiceCollectionExtensions
{
    /// <summary>
    /// The control plane: its settings, its database, its use cases. Nothing is read or connected to before it is used:
    /// a setting that is absent (<see cref="MissingSettingException"/>) stops only what needs it.
    /// </summary>
    public static IServiceCollection AddControlPlane(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SettingsReader>();
        services.AddSingleton(provider => ControlDatabase.Open(provider.GetRequiredService<DatabaseOptions>()));
        // Opens no connection, but says at start what no connection could be made with.
        services.AddSingleton(new SettingProbe(provider => provider.GetRequiredService<NpgsqlDataSource>()));
        return services.AddOptions().AddLeads().AddTenants().AddProvisioning().AddInvitations();
    }

    private static IServiceCollection AddOptions(this IServiceCollection services) => services
        .AddSetting(DatabaseOptions.From)
        .AddSetting(TemporalOptions.From)
        .AddSetting(TenantKeyOptions.From)
        .AddSetting(settings => new MailedTokens(KeyRing.Require(settings, "TOKEN_KEYS")))
        .AddSingleton(provider => new ControlPlaneWorkflows(
            new Lazy<TemporalOptions>(provider.GetRequiredService<TemporalOptions>)));

    private static IServiceCollection AddLeads(this IServiceCollection services) => services
        .AddSingleton<LeadRepository>()
        .AddSetting(LeadVerificationOptions.From)
        .AddSingleton<LeadVerificationMail>()
        .AddSingleton<RegisterLead>()
        .AddSingleton<ResendLeadVerification>()
        .AddSingleton<VerifyLead>();

    private static IServiceCollection AddTenants(this IServiceCollection services) => services
        .AddSingleton<CreateTenant>()
        .AddSingleton<GetTenant>()
        .AddSingleton<ListResources>()
        .AddSingleton<ListTenants>()
        .AddSingleton<TenantRepository>();

    private static IServiceCollection AddProvisioning(this IServiceCollection services) => services
        // Any pipeline's name is taken while nothing is deployed.
        .AddSingleton(new SettingProbe(provider =>
        {
            UnbuiltSteps.RequireOff(provider.GetRequiredService<SettingsReader>(), UnbuiltSteps.Deployment);
            return null;
        }))
        .AddSingleton<CancelProvisioning>()
        .AddSingleton<GetProvisioning>()
        .AddSingleton<GetResidue>()
        .AddSingleton<ProvisioningAttempts>()
        .AddSingleton<ProvisioningRuns>()
        .AddSingleton<ProvisioningTransitions>()
        .AddSingleton<ResidueRecords>()
        .AddSingleton<ResumeRollback>()
        .AddSingleton<StartProvisioning>()
        .AddSingleton<SystemReadings>();

    private static IServiceCollection AddInvitations(this IServiceCollection services) => services
        .AddSingleton<AcceptInvitation>()
        .AddSingleton<InvitationRepository>()
        .AddSingleton<RenewInvitation>();

    /// <summary>Options that are read from the settings when they are first needed, or probed at start.</summary>
    public static IServiceCollection AddSetting<T>(this IServiceCollection services, Func<SettingsReader, T> read)
        where T : class => services
        .AddSingleton(provider => read(provider.GetRequiredService<SettingsReader>()))
        .AddSingleton(new SettingProbe(provider => provider.GetRequiredService<T>()));
}

/// <summary>Reads one group of settings, so that a process can say at start what is wrong with it.</summary>
/// <param name="Read">Throws <see cref="SettingException"/> where a value cannot be used.</param>
public sealed record SettingProbe(Func<IServiceProvider, object?> Read);
