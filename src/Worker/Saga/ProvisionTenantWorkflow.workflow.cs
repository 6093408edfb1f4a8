using ControlPlane.Provisioning;
using Temporalio.Workflows;
using Worker.Steps;

namespace Worker.Saga;

/// <inheritdoc cref="IProvisionTenantWorkflow"/>
[Workflow("ProvisionTenant")]
public sealed class ProvisionTenantWorkflow : IProvisionTenantWorkflow
{
    private readonly ProvisioningSaga saga;

    [WorkflowInit]
    public ProvisionTenantWorkflow(ProvisionTenantInput input) => saga = new ProvisioningSaga(input);

    [WorkflowRun]
    public async Task<ProvisionTenantResult> RunAsync(ProvisionTenantInput input)
    {
        try
        {
            await saga.Begin<UpdateStatus>();                //  1
            await saga.Step<CreateIdp>();                    //  2
            await saga.Step<CreateAdminUser>();              //  3
            await saga.Step<ProvisionDatabase>();            //  4
            await saga.Step<ProvisionStorage>();             //  5
            await saga.Step<ProvisionInfrastructure>();      //  6
            await saga.Step<DeployApplication>();            //  7
            await saga.Step<ConfigureDns>();                 //  8
            await saga.StepWithoutUndo<CreateResources>();   //  9
            await saga.Pivot<ActivateTenant>();              // 10  the pivot: no rollback after it
        }
        catch (Exception e) when (ProvisioningSaga.IsFailure(e))
        {
            await saga.RollBackAsync(e);
        }

        await saga.Finally<SendNotification>();              // 11  retried, then parked
        return new ProvisionTenantResult(saga.Outcome);
    }

    [WorkflowQuery]
    public string CurrentStep() => saga.CurrentStep;
}
