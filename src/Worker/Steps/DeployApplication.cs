using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems;

namespace Worker.Steps;

/// <summary>
/// Will deploy the application by the pipeline that the plan names. Not built yet: it cannot be switched on, and every
/// attempt records it as SKIPPED.
/// </summary>
public sealed class DeployApplication : ICompensatedStep
{
    public static string Id => "deploy-application";

    public static string Title => "Deploy Application";

    public static string Announcement => "Deploying application";

    public static StepOptions Options => StepOptions.LongRunning(TaskQueue.Control);

    public static string? System => UnbuiltSystem.Deployment.Id;

    public static IReadOnlyList<string> ResourceTypes { get; } = [];

    [Activity("DeployApplication")]
    public Task ExecuteAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("RemoveDeployment")]
    public Task CompensateAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("FindDeploymentResidue")]
    public Task<int> FindResidueAsync(ProvisionTenantInput input) => throw NotBuilt();

    private static ControlPlaneException NotBuilt() => new(ErrorCode.NotImplemented, "Deployment is not built yet.");
}
