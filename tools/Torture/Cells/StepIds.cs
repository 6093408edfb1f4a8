namespace Torture.Cells;

/// <summary>
/// Ids of steps as constants, for patterns. A test compares them with the worker's list; a new step needs none.
/// </summary>
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
}
