using ControlPlane.Provisioning;
using Sandbox.Control;

namespace Torture.Cells;

/// <summary>A call that a step, or its undo, makes to a system for one tenant.</summary>
/// <param name="Step">One of <see cref="ProvisioningSteps"/>.</param>
/// <param name="Name">Within the step.</param>
/// <param name="Changes">Whether it changes anything; if not, no answer of it can hide an effect.</param>
/// <param name="Path">A pattern as in <see cref="FaultRule.Path"/>; {key} and {id} stand for the tenant's.</param>
/// <param name="Body">A text that the body holds; null: the path says whom it is about.</param>
/// <param name="Skip">How often the step makes the same call before its undo does.</param>
internal sealed record StepCall(
    string Step,
    bool IsUndo,
    string Name,
    string System,
    string Method,
    string Path,
    bool Changes = true,
    string? Query = null,
    string? Body = null,
    int Skip = 0)
{
    /// <summary>
    /// The calls of each step in their order. One that is about all tenants at once (the list of realms, of buckets) is
    /// none of them: cells run side by side.
    /// </summary>
    public static IReadOnlyList<StepCall> All { get; } =
    [
        Of(ProvisioningSteps.CreateIdp, "look", "keycloak", "GET", "/admin/realms/tenant-{key}", changes: false),
        Of(ProvisioningSteps.CreateIdp, "create", "keycloak", "POST", "/admin/realms") with { Body = "tenant-{key}" },
        Undo(ProvisioningSteps.CreateIdp, "disable", "keycloak", "PUT", "/admin/realms/tenant-{key}"),
        Undo(ProvisioningSteps.CreateIdp, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}"),
        Of(ProvisioningSteps.CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false),
        Of(ProvisioningSteps.CreateAdminUser, "import", "keycloak", "POST", "/admin/realms/tenant-{key}/partialImport"),
        Undo(ProvisioningSteps.CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false)
            with { Skip = 2 },
        Undo(ProvisioningSteps.CreateAdminUser, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}/users/*"),
        Of(ProvisioningSteps.ProvisionStorage, "look", "s3", "HEAD", "/tenant-{key}-files*", changes: false),
        Of(ProvisioningSteps.ProvisionStorage, "create", "s3", "PUT", "/tenant-{key}-files*"),
        Of(ProvisioningSteps.ProvisionStorage, "tag", "s3", "PUT", "/tenant-{key}-files*") with { Query = "tagging*" },
        Of(ProvisioningSteps.ProvisionStorage, "block", "s3", "PUT", "/tenant-{key}-files*") with { Query = "publicAccessBlock*" },
        Undo(ProvisioningSteps.ProvisionStorage, "delete", "s3", "DELETE", "/tenant-{key}-files*"),
        Of(ProvisioningSteps.SendNotification, "subscriber", "novu", "POST", "*/subscribers") with { Body = "{id}" },
        Of(ProvisioningSteps.SendNotification, "trigger", "novu", "POST", "*/events/trigger") with { Body = "{id}" },
    ];

    public override string ToString() => $"{Step}{(IsUndo ? ".undo" : "")}.{Name}";

    /// <summary>A fault that meets this call for one tenant alone.</summary>
    public FaultRule RuleFor(string key, string id)
    {
        return new FaultRule
        {
            System = System, Method = Method, Path = Fill(Path)!, Query = Query, BodyContains = Fill(Body), Skip = Skip,
        };

        string? Fill(string? pattern) => pattern?
            .Replace("{key}", key, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal);
    }

    private static StepCall Of(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, false, name, system, method, path, changes);

    private static StepCall Undo(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, true, name, system, method, path, changes);
}
