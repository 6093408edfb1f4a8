using ControlPlane.Provisioning;
using Worker.Commands.Verify;
using Worker.Saga;

namespace Worker.Systems.Terraform;

/// <summary>Verifies that the systems have what the module describes: a plan changes nothing.</summary>
internal static class TerraformVerifyCheck
{
    private const string Name = "infrastructure";

    public static async Task<VerifyResult> RunAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var input = new ProvisionTenantInput(tenant.Facts.Id, tenant.Facts.Attempt);
        var host = tenant.Host;
        var plan = await host.GetService<TenantInfrastructure>().PlanAsync(
            await host.GetService<ProvisionedTenants>().LoadAsync(input, cancellationToken),
            await host.GetService<AttemptTiers>().ReadAsync(input, cancellationToken),
            cancellationToken);
        return VerifyResult.Of(Name, plan is { HasChanges: false }, plan switch
        {
            null => "there is no state",
            { HasChanges: false } => "a plan changes nothing",
            _ => $"a plan changes {plan.Changes} resources",
        });
    }
}
