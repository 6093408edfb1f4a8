namespace ControlPlane.Provisioning;

/// <summary>The eleven steps in their order: ids and names are a contract (docs/provisioning.md).</summary>
public static class ProvisioningSteps
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

    public static IReadOnlyList<(string Id, string Name)> All { get; } =
    [
        (UpdateStatus, "Update Status"),
        (CreateIdp, "Create IdP"),
        (CreateAdminUser, "Create Admin User"),
        (ProvisionDatabase, "Provision Database"),
        (ProvisionStorage, "Provision Storage"),
        (ProvisionInfrastructure, "Provision Infrastructure"),
        (DeployApplication, "Deploy Application"),
        (ConfigureDns, "Configure DNS"),
        (CreateResources, "Create Resources"),
        (ActivateTenant, "Activate Tenant"),
        (SendNotification, "Send Notification"),
    ];
}
