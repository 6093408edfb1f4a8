using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems;

namespace Worker.Steps;

/// <summary>
/// A placeholder: the step will apply the infrastructure of the tenant's tier. It cannot be switched on yet, and every
/// attempt records it as SKIPPED.
/// </summary>
public sealed class ProvisionInfrastructure : ICompensatedStep
{
    public static string Id => "provision-infrastructure";

    public static string Title => "Provision Infrastructure";

    public static string? CustomerTitle => "Servers";

    public static string Announcement => "Applying infrastructure";

    public static StepOptions Options => StepOptions.LongRunning(TaskQueue.Control);

    public static string? System => UnbuiltSystem.Infrastructure.Id;

    public static IReadOnlyList<string> ResourceTypes { get; } = [];

    [Activity("ProvisionInfrastructure")]
    public Task ExecuteAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("DestroyInfrastructure")]
    public Task CompensateAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("FindInfrastructureResidue")]
    public Task<int> FindResidueAsync(ProvisionTenantInput input) => throw NotBuilt();

    private static ControlPlaneException NotBuilt() =>
        new(ErrorCode.NotImplemented, "Infrastructure is not built yet.");
}
