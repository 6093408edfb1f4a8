using ControlPlane;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>Completes the list of resource records. Fails when a record is still PLANNED.</summary>
public sealed class CreateResources(ResourceRecords resources) : IPlainStep
{
    public static string Id => "create-resources";

    public static string Title => "Create Resources";

    public static string? CustomerTitle => null;

    public static string Announcement => "Recording resources";

    public static StepOptions Options => StepOptions.Quick;

    [Activity("CreateResources")]
    public async Task ExecuteAsync(ProvisionTenantInput input)
    {
        var planned = await resources.CompleteListAsync(
            input.TenantId, input.Attempt, ActivityExecutionContext.Current.CancellationToken);
        if (planned.Count > 0)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"These resources were planned and never recorded as created: {string.Join(", ", planned)}.");
        }
    }
}
