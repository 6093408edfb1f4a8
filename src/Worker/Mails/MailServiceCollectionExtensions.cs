using ControlPlane.Security;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Hosting;
using Worker.Systems.Novu;

namespace Worker.Mails;

public static class MailServiceCollectionExtensions
{
    /// <summary>Registers the mails: lead verification, welcome, invitation and failure.</summary>
    public static IServiceCollection AddMails(this IServiceCollection services, SettingsReader settings)
    {
        if (NovuOptions.From(settings) is not null)
        {
            // The keys are read at start, so that a missing setting is found then.
            services.AddSingleton(new MailedTokens(KeyRing.Require(settings, "TOKEN_KEYS")));
        }

        return services
            .AddTransient<WelcomeMail>()
            .AddTemporalActivities(typeof(LeadVerificationActivity), NovuSystem.MainQueue)
            .AddTemporalActivities(typeof(ProvisioningFailedMail), NovuSystem.MainQueue)
            .AddTemporalActivities(typeof(SendInvitationActivity), NovuSystem.MainQueue)
            .AddTemporalWorkflow<SendInvitationWorkflow>()
            .AddTemporalWorkflow<SendLeadVerificationWorkflow>()
            .AddTemporalWorkflow<SendProvisioningFailedWorkflow>();
    }
}
