using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Hosting;
using Worker.Systems.Keycloak;

namespace Worker.Invitations;

public static class InvitationServiceCollectionExtensions
{
    /// <summary>Registers the acceptance of invitations, which sets the admin user's first password.</summary>
    public static IServiceCollection AddInvitations(this IServiceCollection services, SettingsReader settings) =>
        services
            .AddSingleton(new InvitationKeys(InvitationKey.From(settings)))
            .AddHostedService<SealedPasswordExpiry>()
            .AddTemporalActivities(typeof(AcceptInvitationActivity), KeycloakSystem.MainQueue)
            .AddTemporalWorkflow<AcceptInvitationWorkflow>();
}
