using Sandbox.Control;
using Torture.Worlds;
using static ControlPlane.Provisioning.ProvisioningSteps;

namespace Torture.Cells;

/// <summary>A call that a step, or its undo, makes to a system for one tenant.</summary>
/// <param name="Step">Its id.</param>
/// <param name="Name">Within the step.</param>
/// <param name="Changes">Whether it changes anything; if not, no answer of it can hide an effect.</param>
/// <param name="Path">A pattern as in <see cref="FaultRule.Path"/>; {key} and {id} stand for the tenant's.</param>
/// <param name="Body">A text that the body holds; null: the path says whom it is about.</param>
/// <param name="Skip">How often the step makes the same call before its undo does.</param>
/// <param name="IsShared">It is about all tenants at once: a fault meets it whoever it is made for.</param>
/// <param name="IsReport">It tells Temporal that an activity was done.</param>
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
    int Skip = 0,
    bool IsShared = false,
    bool IsReport = false)
{
    public const string Token = "token", List = "list";

    /// <summary>The calls of each step in their order, and of the rollback what it writes at its begin and end.</summary>
    public static IReadOnlyList<StepCall> All { get; } =
    [
        Commit(UpdateStatus, "begin", "{id}\nPROVISIONING"),
        Report(UpdateStatus, "report", "UpdateStatus"),
        Report(UpdateStatus, "begin", "BeginRollback") with { IsUndo = true },
        Report(UpdateStatus, "end", "EndRollback") with { IsUndo = true },
        Of(CreateIdp, Token, "keycloak", "POST", "/realms/*/protocol/openid-connect/token")
            with { Body = "client_credentials", IsShared = true },
        Of(CreateIdp, "look", "keycloak", "GET", "/admin/realms/tenant-{key}", changes: false),
        Of(CreateIdp, "create", "keycloak", "POST", "/admin/realms") with { Body = "tenant-{key}" },
        Report(CreateIdp, "report", "CreateIdp"),
        Undo(CreateIdp, List, "keycloak", "GET", "/admin/realms", changes: false)
            with { Query = "brief*", Skip = 1, IsShared = true },
        Undo(CreateIdp, "disable", "keycloak", "PUT", "/admin/realms/tenant-{key}"),
        Undo(CreateIdp, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}"),
        Report(CreateIdp, "report", "DeleteIdp") with { IsUndo = true },
        Undo(CreateIdp, "list-again", "keycloak", "GET", "/admin/realms", changes: false)
            with { Query = "brief*", Skip = 3, IsShared = true },
        Report(CreateIdp, "residue", "FindIdpResidue") with { IsUndo = true },
        Of(CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false),
        Of(CreateAdminUser, "import", "keycloak", "POST", "/admin/realms/tenant-{key}/partialImport"),
        Report(CreateAdminUser, "report", "CreateAdminUser"),
        Undo(CreateAdminUser, "look", "keycloak", "GET", "/admin/realms/tenant-{key}/users", changes: false)
            with { Skip = 2 },
        Undo(CreateAdminUser, "delete", "keycloak", "DELETE", "/admin/realms/tenant-{key}/users/*"),
        Report(CreateAdminUser, "report", "DeleteAdminUser") with { IsUndo = true },
        Report(CreateAdminUser, "residue", "FindAdminUserResidue") with { IsUndo = true },
        Commit(ProvisionDatabase, "make", "CREATE SCHEMA \"tenant_{key}\""),
        Report(ProvisionDatabase, "report", "ProvisionDatabase"),
        Commit(ProvisionDatabase, "drop", "DROP SCHEMA \"tenant_{key}\"") with { IsUndo = true },
        Report(ProvisionDatabase, "report", "DropDatabase") with { IsUndo = true },
        Report(ProvisionDatabase, "residue", "FindDatabaseResidue") with { IsUndo = true },
        Of(ProvisionStorage, "look", "s3", "HEAD", "/tenant-{key}-files*", changes: false),
        Of(ProvisionStorage, "create", "s3", "PUT", "/tenant-{key}-files*"),
        // Where a bucket has no tags yet.
        Of(ProvisionStorage, List, "s3", "GET", "/", changes: false) with { IsShared = true },
        Of(ProvisionStorage, "tag", "s3", "PUT", "/tenant-{key}-files*") with { Query = "tagging*" },
        Of(ProvisionStorage, "block", "s3", "PUT", "/tenant-{key}-files*") with { Query = "publicAccessBlock*" },
        Report(ProvisionStorage, "report", "ProvisionStorage"),
        Undo(ProvisionStorage, List, "s3", "GET", "/", changes: false) with { IsShared = true },
        Undo(ProvisionStorage, "delete", "s3", "DELETE", "/tenant-{key}-files*"),
        Report(ProvisionStorage, "report", "DeleteStorage") with { IsUndo = true },
        Report(ProvisionStorage, "residue", "FindStorageResidue") with { IsUndo = true },
        Commit(CreateResources, "seal", "AND attempt <= $2\n{id}"),
        Report(CreateResources, "report", "CreateResources"),
        Commit(ActivateTenant, "activate", "{id}\nACTIVE"),
        Report(ActivateTenant, "report", "ActivateTenant"),
        Of(SendNotification, "subscriber", "novu", "POST", "*/subscribers") with { Body = "{id}" },
        Of(SendNotification, "trigger", "novu", "POST", "*/events/trigger") with { Body = "{id}" },
        Report(SendNotification, "report", "SendNotification"),
    ];

    /// <summary>The names of those faults that are for a call of its kind; null: each that makes sense.</summary>
    public IReadOnlyList<string>? Faults => this switch
    {
        // They run one after the other.
        { IsShared: true } => ["refused-once", "busy", "reset", "silent", "lost"],
        // The rest of what happens to a connection is that of a call to a system.
        { IsReport: true } => ["refused", "down", "busy", "silent", "cancelled", Cells.Faults.KilledBefore],
        _ => null,
    };

    public bool IsPostgres => System == "postgres";

    /// <summary>What it makes is in an outside system, and is taken back by an undo.</summary>
    public bool IsUndone => All.Any(call => call is { IsUndo: true, IsReport: false } && call.Step == Step);

    /// <summary>Of the queue that runs it: what waits there is not more than it has room for.</summary>
    public string Queue => All.First(call => call.Step == Step).System;

    public string NextStep => All.Select(call => call.Step).SkipWhile(step => step != Step).First(step => step != Step);

    public static StepCall Find(string step, string name) =>
        All.Single(call => !call.IsUndo && call.Step == step && call.Name == name);

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

    private static StepCall Report(string step, string name, string activity) =>
        new(step, false, name, "novu", "POST", Reports.PathOf(activity, "{id}"), Changes: false, IsReport: true);

    private static StepCall Undo(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, true, name, system, method, path, changes);
}
