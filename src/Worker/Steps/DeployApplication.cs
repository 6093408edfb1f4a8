using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems;

namespace Worker.Steps;

/// <summary>
/// A placeholder: the step will deploy the application with the pipeline that the subscription's plan names. It cannot
/// be switched on yet, and every attempt records it as SKIPPED.
/// </summary>
public sealed class DeployApplication : ICompensatedStep
{
    public static string Id => "deploy-application";

    public static string Title => "Deploy Application";

    public static string? CustomerTitle => "Application";

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
