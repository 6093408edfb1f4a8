using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems;

namespace Worker.Steps;

/// <summary>
/// A placeholder: the step will point the tenant's name in the platform's zone to the application. It cannot be
/// switched on yet, and every attempt records it as SKIPPED.
/// </summary>
public sealed class ConfigureDns : ICompensatedStep
{
    public static string Id => "configure-dns";

    public static string Title => "Configure DNS";

    public static string? CustomerTitle => "Internet address";

    public static string Announcement => "Configuring DNS";

    public static StepOptions Options => StepOptions.LongRunning(TaskQueue.Control);

    public static string? System => UnbuiltSystem.Dns.Id;

    public static IReadOnlyList<string> ResourceTypes { get; } = [];

    [Activity("ConfigureDns")]
    public Task ExecuteAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("DeleteDns")]
    public Task CompensateAsync(ProvisionTenantInput input) => throw NotBuilt();

    [Activity("FindDnsResidue")]
    public Task<int> FindResidueAsync(ProvisionTenantInput input) => throw NotBuilt();

    private static ControlPlaneException NotBuilt() => new(ErrorCode.NotImplemented, "DNS is not built yet.");
}
