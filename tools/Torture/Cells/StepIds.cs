using Worker.Steps;

namespace Torture.Cells;

/// <summary>The ids of the steps as constants, for the tables of cells.</summary>
internal static class StepIds
{
    public const string UpdateStatus = "update-status";
    public const string CreateIdp = "create-idp";
    public const string CreateAdminUser = "create-admin-user";
    public const string ProvisionDatabase = "provision-database";
    public const string ProvisionStorage = "provision-storage";
    public const string ProvisionInfrastructure = "provision-infrastructure";
    public const string DeployApplication = "deploy-application";
    public const string ConfigureDns = "configure-dns";
    public const string CreateResources = "create-resources";
    public const string ActivateTenant = "activate-tenant";
    public const string SendNotification = "send-notification";

    /// <summary>The same ids as the worker's list has, in its order.</summary>
    /// <exception cref="InvalidOperationException">A step has no constant here, or a constant has no step.</exception>
    public static IReadOnlyList<string> All { get; } = Checked(
    [
        UpdateStatus, CreateIdp, CreateAdminUser, ProvisionDatabase, ProvisionStorage, ProvisionInfrastructure,
        DeployApplication, ConfigureDns, CreateResources, ActivateTenant, SendNotification,
    ]);

    private static string[] Checked(string[] ids) => ids.SequenceEqual(StepList.All.Select(step => step.Id))
        ? ids
        : throw new InvalidOperationException(
            $"StepIds has {string.Join(", ", ids)}; "
            + $"the worker has {string.Join(", ", StepList.All.Select(step => step.Id))}.");
}
