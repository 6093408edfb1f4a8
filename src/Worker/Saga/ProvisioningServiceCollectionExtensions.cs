using ControlPlane.Provisioning;
using ControlPlane.Security;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Worker.Interceptors;
using Worker.Hosting;
using Worker.Invitations;
using Worker.Mails;
using Worker.Sweeps;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.S3;

namespace Worker.Saga;

public static class ProvisioningServiceCollectionExtensions
{
    /// <summary>The workflows and every step of this assembly, each on the queues it names.</summary>
    public static IServiceCollection AddProvisioning(this IServiceCollection services, SettingsReader settings)
    {
        var catalog = new StepCatalog();
        foreach (var step in catalog.Steps)
        {
            services.AddTemporalActivities(step.Type, step.Options.Queue, TaskQueues.UndoOf(step.Options.Queue));
        }

        return services
            .AddSweepDeletions()
            .AddSingleton(catalog)
            .AddSingleton(StepSwitches.For(
                KeycloakOptions.From(settings), S3Options.From(settings), NovuOptions.From(settings)))
            .AddSingleton<ProvisioningJournal>()
            .AddSingleton<ResourceRecords>()
            .AddSingleton<ResidueRecords>()
            .AddSingleton<ProvisionedTenants>()
            .AddTransient<TenantRealmFinder>()
            .AddTransient<TenantStorage>()
            .AddTransient<AttemptGuard>()
            .AddSingleton(TimeoutScale.From(settings))
            // The first one is outermost.
            .AddSingleton<IWorkerInterceptor, TimeoutScaleInterceptor>()
            .AddSingleton<IWorkerInterceptor, HeartbeatInterceptor>()
            .AddSingleton<IWorkerInterceptor, FailureInterceptor>()
            .AddSingleton<IWorkerInterceptor, StepJournal>()
            .AddTemporalActivities(typeof(RollbackActivities), TaskQueues.Control)
            .AddTemporalActivities(typeof(ProvisioningFailedMail), TaskQueues.Novu)
            .AddTemporalWorkflow<ProvisionTenantWorkflow>()
            .AddTemporalWorkflow<RollBackTenantWorkflow>()
            .AddTemporalWorkflow<SendProvisioningFailedWorkflow>();
    }

    public static IServiceCollection AddInvitations(this IServiceCollection services, SettingsReader settings)
    {
        if (NovuOptions.From(settings) is not null)
        {
            // Read at start: without them no mail could be written.
            services.AddSingleton(new MailedTokens(KeyRing.Require(settings, "TOKEN_KEYS")));
        }

        return services
            .AddSingleton(new InvitationKeys(InvitationKey.From(settings)))
            .AddTransient<WelcomeMail>()
            .AddHostedService<SealedPasswordExpiry>()
            .AddTemporalActivities(typeof(AcceptInvitationActivity), TaskQueues.Keycloak)
            .AddTemporalActivities(typeof(SendInvitationActivity), TaskQueues.Novu)
            .AddTemporalWorkflow<AcceptInvitationWorkflow>()
            .AddTemporalWorkflow<SendInvitationWorkflow>();
    }

    public static IServiceCollection AddLeadMails(this IServiceCollection services) =>
        services
            .AddTemporalActivities(typeof(LeadVerificationActivity), TaskQueues.Novu)
            .AddTemporalWorkflow<SendLeadVerificationWorkflow>();
}
