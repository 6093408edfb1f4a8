using Sandbox.Control;
using static ControlPlane.Provisioning.ProvisioningSteps;

namespace Torture.Cells;

/// <summary>A call that a step, or its undo, makes to a system for one tenant.</summary>
/// <param name="Step">Its id.</param>
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
        Commit(UpdateStatus, "begin", "{id}\nPROVISIONING"),
        Of(CreateIdp, "look", "keycloak", "GET", "/admin/realms/tenant-{key}", changes: false),
        Of(CreateIdp, "create", "keycloak", "POST", "/admin/realms") with { Body = "tenant-{key}" },
        Undo(CreateIdp, "disable", "keycloak", "PUT", "/admin/realms/tenant-{key}"),
        Undo(CreateIdp, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}"),
        Of(CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false),
        Of(CreateAdminUser, "import", "keycloak", "POST", "/admin/realms/tenant-{key}/partialImport"),
        Undo(CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false)
            with { Skip = 2 },
        Undo(CreateAdminUser, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}/users/*"),
        Commit(ProvisionDatabase, "make", "CREATE SCHEMA \"tenant_{key}\""),
        Commit(ProvisionDatabase, "drop", "DROP SCHEMA \"tenant_{key}\"") with { IsUndo = true },
        Of(ProvisionStorage, "look", "s3", "HEAD", "/tenant-{key}-files*", changes: false),
        Of(ProvisionStorage, "create", "s3", "PUT", "/tenant-{key}-files*"),
        Of(ProvisionStorage, "tag", "s3", "PUT", "/tenant-{key}-files*") with { Query = "tagging*" },
        Of(ProvisionStorage, "block", "s3", "PUT", "/tenant-{key}-files*") with { Query = "publicAccessBlock*" },
        Undo(ProvisionStorage, "delete", "s3", "DELETE", "/tenant-{key}-files*"),
        Commit(CreateResources, "seal", "AND attempt <= $2\n{id}"),
        Commit(ActivateTenant, "activate", "{id}\nACTIVE"),
        Of(SendNotification, "subscriber", "novu", "POST", "*/subscribers") with { Body = "{id}" },
        Of(SendNotification, "trigger", "novu", "POST", "*/events/trigger") with { Body = "{id}" },
    ];

    public bool IsPostgres => System == "postgres";

    /// <summary>What it makes is in an outside system, and is taken back by an undo.</summary>
    public bool IsUndone => All.Any(call => call.IsUndo && call.Step == Step);

    public override string ToString() => $"{Step}{(IsUndo ? ".undo" : "")}.{Name}";

    /// <summary>A fault that meets this call for one tenant alone.</summary>
    public FaultRule RuleFor(string key, string id)
    {
        return new FaultRule
        {
            System = System,
            Method = Method,
            Path = Fill(Path)!,
            Query = Query,
            BodyContains = Fill(Body),
            Skip = Skip,
        };

        string? Fill(string? pattern) => pattern?
            .Replace("{key}", key, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal);
    }

    private static StepCall Of(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, false, name, system, method, path, changes);

    // A transaction as a whole; a text of one of its statements, with its parameters, says which.
    private static StepCall Commit(string step, string name, string text) =>
        new(step, false, name, "postgres", "COMMIT", "/control_plane", Body: text);

    private static StepCall Undo(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, true, name, system, method, path, changes);
}
