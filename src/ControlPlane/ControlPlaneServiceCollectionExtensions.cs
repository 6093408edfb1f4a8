using ControlPlane.Audit;
using ControlPlane.Connections;
using ControlPlane.Idempotency;
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
    /// Registers the settings, the database and the use cases of the control plane. Settings are read and connections
    /// opened on first use, so that a missing setting (<see cref="MissingSettingException"/>) disables only what needs
    /// it.
    /// </summary>
    public static IServiceCollection AddControlPlane(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SettingsReader>();
        services.AddSingleton(provider => ControlDatabase.Open(
            provider.GetRequiredService<DatabaseOptions>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetService<DatabasePatience>()));
        // Creating the data source opens no connection and reports an unusable connection string at start.
        services.AddSingleton(new SettingProbe(provider => provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IdempotentAnswers>();
        return services.AddOptions().AddAudit().AddLeads().AddTenants().AddProvisioning().AddInvitations();
    }

    private static IServiceCollection AddOptions(this IServiceCollection services) => services
        .AddSetting(ApplicationAddress.From)
        .AddSetting(Brand.From)
        .AddSetting(DatabaseOptions.From)
        .AddSetting(TemporalOptions.From)
        .AddSetting(TenantKeyOptions.From)
        .AddSetting(settings => new MailedTokens(KeyRing.Require(settings, "TOKEN_KEYS")))
        .AddSingleton(provider => new ControlPlaneWorkflows(
            new Lazy<TemporalOptions>(provider.GetRequiredService<TemporalOptions>)));

    private static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditTrail>()
        .AddSingleton<ListAudit>();

    private static IServiceCollection AddLeads(this IServiceCollection services) => services
        .AddSingleton<LeadRepository>()
        .AddSetting(LeadVerificationOptions.From)
        .AddSingleton<LeadVerificationMail>()
        .AddSingleton<RegisterLead>()
        .AddSingleton<ResendLeadVerification>()
        .AddSingleton<VerifyLead>();

    private static IServiceCollection AddTenants(this IServiceCollection services) => services
        .AddSingleton<CreateTenant>()
        .AddSingleton<FindConnection>()
        .AddSingleton<GetConnection>()
        .AddSingleton<GetTenant>()
        .AddSingleton<ListResources>()
        .AddSingleton<ListTenants>()
        .AddSingleton<TenantRepository>();

    private static IServiceCollection AddProvisioning(this IServiceCollection services) => services
        // Any pipeline name is accepted because the deployment step is not built; the step must therefore be off.
        .AddSingleton(new SettingProbe(provider =>
        {
            UnbuiltSteps.RequireDisabled(provider.GetRequiredService<SettingsReader>(), UnbuiltSteps.Deployment);
            return null;
        }))
        .AddSingleton<AttemptContradictions>()
        .AddSingleton<CancelProvisioning>()
        .AddSingleton<GetProvisioning>()
        .AddSingleton<GetResidue>()
        .AddSingleton<ProvisioningAttempts>()
        .AddSingleton<ProvisioningRuns>()
        .AddSingleton<ProvisioningTransitions>()
        .AddSingleton<ReleaseTenant>()
        .AddSingleton<ResidueRecords>()
        .AddSingleton<ResumeRollback>()
        .AddSingleton<StartProvisioning>()
        .AddSingleton<SystemReadings>();

    private static IServiceCollection AddInvitations(this IServiceCollection services) => services
        .AddSingleton<AcceptInvitation>()
        .AddSingleton<InvitationRepository>()
        .AddSingleton<ReadInvitation>()
        .AddSingleton<RenewInvitation>();

    /// <summary>Registers options that are read from the settings on first use, with a probe for the start.</summary>
    public static IServiceCollection AddSetting<T>(this IServiceCollection services, Func<SettingsReader, T> read)
        where T : class => services
        .AddSingleton(provider => read(provider.GetRequiredService<SettingsReader>()))
        .AddSingleton(new SettingProbe(provider => provider.GetRequiredService<T>()));
}

/// <summary>Reads one group of settings, so that a process reports invalid ones at start.</summary>
/// <param name="Read">Throws <see cref="SettingException"/> if a value is invalid.</param>
public sealed record SettingProbe(Func<IServiceProvider, object?> Read);
