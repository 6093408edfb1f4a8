using ControlPlane.Provisioning;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.S3;

namespace Worker.Saga;

/// <summary>The steps whose system is not configured today. An attempt keeps what it was begun with.</summary>
public sealed record StepSwitches(IReadOnlyCollection<string> Off)
{
    public static StepSwitches For(KeycloakOptions? keycloak, S3Options? s3, NovuOptions? novu)
    {
        List<string> off =
        [
            ProvisioningSteps.ProvisionInfrastructure,
            ProvisioningSteps.DeployApplication,
            ProvisioningSteps.ConfigureDns,
        ];
        if (keycloak is null)
        {
            off.AddRange([ProvisioningSteps.CreateIdp, ProvisioningSteps.CreateAdminUser]);
        }

        if (s3 is null)
        {
            off.Add(ProvisioningSteps.ProvisionStorage);
        }

        if (novu is null)
        {
            off.Add(ProvisioningSteps.SendNotification);
        }

        return new StepSwitches(off);
    }
}
