using ControlPlane.Provisioning;
using Temporalio.Workflows;
using Worker.Provisioning.Steps;

namespace Worker.Provisioning;

/// <inheritdoc cref="IProvisionTenantWorkflow"/>
[Workflow("ProvisionTenant")]
public sealed class ProvisionTenantWorkflow : IProvisionTenantWorkflow
{
    private readonly Saga saga;

    [WorkflowInit]
    public ProvisionTenantWorkflow(ProvisionTenantInput input) => saga = new Saga(input);

    [WorkflowRun]
    public async Task<ProvisionTenantResult> RunAsync(ProvisionTenantInput input)
    {
        try
        {
            await saga.Begin<UpdateStatus>();               //  1
            await saga.Step<CreateRealm>();                 //  2
            await saga.Step<CreateAdminUser>();             //  3
            await saga.Step<CreateDatabaseSchema>();        //  4
            await saga.Step<CreateStorageBucket>();         //  5
            await saga.Step<ApplyInfrastructure>();         //  6
            await saga.Step<DeployApplication>();           //  7
            await saga.Step<ConfigureDns>();                //  8
            await saga.StepWithoutUndo<SealResources>();    //  9
            await saga.Pivot<ActivateTenant>();             // 10  from here on nothing is rolled back
        }
        catch (Exception e) when (Saga.IsFailure(e))
        {
            await saga.RollBackAsync(e);
        }

        await saga.Finally<SendWelcome>();                  // 11  retried, then parked
        return new ProvisionTenantResult(saga.Outcome);
    }

    [WorkflowQuery]
    public string CurrentStep() => saga.CurrentStep;
}
