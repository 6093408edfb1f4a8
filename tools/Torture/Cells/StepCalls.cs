using Torture.Environments;
using static Torture.Cells.StepIds;

namespace Torture.Cells;

/// <summary>
/// The calls of each step and its undo in their order, and the writes at the start and the end of a rollback. At the
/// end of a run <see cref="CallAudit"/> compares the table with the calls that the product has made.
/// </summary>
internal static class StepCalls
{
    public const string Token = "token", List = "list", Residue = "residue", LookAgain = "look-again",
        RollingBack = "rolling-back", Ended = "ended", Mail = "mail", Mailed = "mailed", Deleted = "deleted";

    private const string
        Realms = "/admin/realms",
        Realm = "/admin/realms/tenant-{key}",
        Users = "/admin/realms/tenant-{key}/users",
        Clients = "/admin/realms/tenant-{key}/clients",
        Bucket = "/tenant-{key}-files/";

    // Parameters of a row as they are encoded on the wire.
    private const string FirstAttempt = "{id}\n\0\0\0\u0001\n",
        ArrayOf14Characters = "\0\0\0\u0001\0\0\0\0\0\0\0\u0019\0\0\0\u0001\0\0\0\u0001\0\0\0\u000e";

    private static readonly FaultSelection
        SharedFaults = new("it concerns all tenants, so its cells run alone; transient faults are enough",
            "refused-once", "unauthorized", "busy", "cut", "reset", "silent", "lost"),
        ReportFaults = new(
            "a report has no effect of its own: it is lost, given up or cancelled, or worker, Temporal or PostgreSQL "
            + "is killed; the calls show the other connection faults",
            "refused", "down", "busy", "silent", "cancelled",
            Faults.KilledBefore, "temporal-killed", "postgres-killed"),
        ReadFaults = new("a read like another one of its step, which has all faults",
            "refused", "down", "unauthorized", "busy", "cut", "reset", "silent", "cancelled"),
        RetryFaults = new("a permanent fault would also hit the undo or the final reading, see there",
            "unauthorized", "busy", "cut", "reset", "silent", "cancelled"),
        LookFaults = new("a permanent refusal would also hit the final reading, see its cells",
            "unauthorized", "throttled", "busy", "cut", "reset", "silent", "cancelled", "terminated",
            Faults.KilledBefore, "temporal-killed", "postgres-killed", "sandbox-killed", ConnectionState.ReadOnly,
            ConnectionState.PasswordRotated, ConnectionState.KeycloakRotated),
        RowFaults = new("a row in the control database; update-status.begin shows the other faults",
            "rejected", "denied", "read-only", "down", "disk-full", "disk-full-for-good", "reset", "lost", "late",
            "late-after-undo", "postgres-killed", "worker-killed-after", ConnectionState.ReadOnly,
            ConnectionState.PasswordRotated),
        StatementFaults = new("a statement of a transaction: only the commit has an effect",
            "rejected", "denied", "disk-full", "disk-full-for-good", "reset", "silent"),
        UnboundedFaults = new("it is retried without limit, so a permanent fault would never end",
            "denied", "read-only", "login-refused", "starting", "disk-full", "reset", "silent", "lost", "late",
            "terminated", Faults.Swept, Faults.KilledBefore, ConnectionState.ReadOnly, ConnectionState.PasswordRotated,
            "worker-killed-during", "worker-killed-after", "temporal-killed", "postgres-killed", "sandbox-killed"),
        MailFaults = new("the mail has its own run, for which no rollback waits; a permanent refusal means no mail",
            "throttled", "busy", "unauthorized", "forbidden", "read-only", "disk-full", "reset", "silent", "lost",
            "late");

    public static IReadOnlyList<StepCall> All { get; } =
    [
        Commit(UpdateStatus, "begin", "*SET run_id = $3, started_at = *", "{id}\nPROVISIONING"),
        Report(UpdateStatus, "report", "UpdateStatus"),
        Commit(UpdateStatus, RollingBack, "*SET failed_step = $3*", "{id}\nROLLING_BACK")
            with { IsUndo = true, Only = UnboundedFaults },
        Report(UpdateStatus, "begin", "BeginRollback") with { IsUndo = true },
        Commit(UpdateStatus, Ended, "*FROM residue*SET ended_at = *", "{id}\nPROVISION_FAILED")
            with { IsUndo = true, Only = UnboundedFaults },
        Report(UpdateStatus, "end", "EndRollback") with { IsUndo = true },
        Undo(UpdateStatus, Mail, "novu", "POST", "*/events/trigger") with { Body = "{id}", Only = MailFaults },
        Statement(UpdateStatus, Mailed, "UPDATE provisioning_attempts SET failure_mail_at*", "{id}")
            with { IsUndo = true, Only = MailFaults },

        Call(CreateIdp, Token, "keycloak", "POST", "/realms/*/protocol/openid-connect/token")
            with { Body = "client_credentials", IsShared = true, Only = SharedFaults },
        Statement(CreateIdp, "planned", "INSERT INTO resources*", "{id}\nkeycloak_realm") with { Only = RowFaults },
        Get(CreateIdp, "look", "keycloak", Realm) with { Only = LookFaults },
        Call(CreateIdp, "create", "keycloak", "POST", Realms) with { Body = "tenant-{key}" },
        Get(CreateIdp, "profile", "keycloak", $"{Users}/profile") with { AfterLost = "create", Only = ReadFaults },
        Get(CreateIdp, "client", "keycloak", Clients)
            with { Query = "clientId={key}-app*", AfterLost = "create", Only = ReadFaults },
        Connected(CreateIdp, "identity"),
        Statement(CreateIdp, "created", "UPDATE resources SET state = ?, details*", "keycloak_realm\ntenant-{key}")
            with { Only = RowFaults },
        Report(CreateIdp, "report", "CreateIdp"),
        Disconnected(CreateIdp, "identity"),
        UndoGet(CreateIdp, List, "keycloak", Realms)
            with { Query = "brief*", Skip = 1, IsShared = true, Only = SharedFaults },
        Undo(CreateIdp, "disable", "keycloak", "PUT", Realm),
        Undo(CreateIdp, "delete", "keycloak", "DELETE", Realm),
        Statement(CreateIdp, Deleted, "UPDATE resources SET state = ?, updated_at*", FirstAttempt + "keycloak_realm")
            with { IsUndo = true, Only = RowFaults },
        Report(CreateIdp, "report", "DeleteIdp") with { IsUndo = true },
        UndoGet(CreateIdp, "list-again", "keycloak", Realms)
            with { Query = "brief*", Skip = 3, IsShared = true, Only = SharedFaults },
        Report(CreateIdp, Residue, "FindIdpResidue") with { IsUndo = true },

        Get(CreateAdminUser, "realm", "keycloak", Realm) with { Skip = 1, Only = RetryFaults },
        Get(CreateAdminUser, "look", "keycloak", Users),
        Call(CreateAdminUser, "import", "keycloak", "POST", "/admin/realms/tenant-{key}/partialImport"),
        Get(CreateAdminUser, LookAgain, "keycloak", Users) with { Skip = 1, Only = ReadFaults },
        Get(CreateAdminUser, "client", "keycloak", Clients)
            with { Query = "clientId=realm-management*", Only = ReadFaults },
        Get(CreateAdminUser, "roles", "keycloak", $"{Users}/*/role-mappings/clients/*") with { Only = ReadFaults },
        Report(CreateAdminUser, "report", "CreateAdminUser"),
        UndoGet(CreateAdminUser, "look", "keycloak", Users) with { Skip = 2 },
        Undo(CreateAdminUser, "delete", "keycloak", "DELETE", $"{Users}/*"),
        Report(CreateAdminUser, "report", "DeleteAdminUser") with { IsUndo = true },
        Report(CreateAdminUser, Residue, "FindAdminUserResidue") with { IsUndo = true },

        Statement(ProvisionDatabase, "create", "CREATE SCHEMA \"tenant_{key}\"*", null) with { Only = StatementFaults },
        Commit(ProvisionDatabase, "make", "*CREATE SCHEMA \"tenant_{key}\"*", null),
        Connected(ProvisionDatabase, "database"),
        Report(ProvisionDatabase, "report", "ProvisionDatabase"),
        Disconnected(ProvisionDatabase, "database"),
        Commit(ProvisionDatabase, "drop", "*DROP SCHEMA \"tenant_{key}\"*", null) with { IsUndo = true },
        Report(ProvisionDatabase, "report", "DropDatabase") with { IsUndo = true },
        Report(ProvisionDatabase, Residue, "FindDatabaseResidue") with { IsUndo = true },

        Statement(ProvisionStorage, "begun", "UPDATE provisioning_steps SET state = ?, tries*",
            FirstAttempt + ProvisionStorage) with { Only = RowFaults },
        Call(ProvisionStorage, "look", "s3", "HEAD", Bucket, changes: false),
        Call(ProvisionStorage, "create", "s3", "PUT", Bucket) with { Query = "" },
        // Only for a bucket without tags.
        Get(ProvisionStorage, "tags", "s3", Bucket)
            with { Query = "tagging*", AfterLost = "create", Only = RetryFaults },
        Get(ProvisionStorage, List, "s3", "/") with { AfterLost = "create", IsShared = true, Only = SharedFaults },
        Get(ProvisionStorage, "versions", "s3", Bucket)
            with { Query = "versions*", AfterLost = "create", Only = RetryFaults },
        Call(ProvisionStorage, "tag", "s3", "PUT", Bucket) with { Query = "tagging*" },
        Call(ProvisionStorage, "block", "s3", "PUT", Bucket) with { Query = "publicAccessBlock*" },
        Connected(ProvisionStorage, "storage"),
        Statement(ProvisionStorage, "done", "UPDATE provisioning_steps SET state = ?, ended_at*next_try_at*",
            FirstAttempt + ProvisionStorage) with { Only = RowFaults },
        Report(ProvisionStorage, "report", "ProvisionStorage"),
        Disconnected(ProvisionStorage, "storage"),
        Undo(ProvisionStorage, "look", "s3", "HEAD", Bucket, changes: false) with { Skip = 2, Only = ReadFaults },
        UndoGet(ProvisionStorage, "tags", "s3", Bucket) with { Query = "tagging*", Only = ReadFaults },
        UndoGet(ProvisionStorage, List, "s3", "/") with { IsShared = true, Only = SharedFaults },
        UndoGet(ProvisionStorage, "versions", "s3", Bucket) with { Query = "versions*", Only = ReadFaults },
        Undo(ProvisionStorage, "empty", "s3", "POST", Bucket) with { Query = "delete*" },
        UndoGet(ProvisionStorage, "uploads", "s3", Bucket) with { Query = "uploads*", Only = ReadFaults },
        Undo(ProvisionStorage, "abort", "s3", "DELETE", $"{Bucket}*") with { Query = "*uploadId=*" },
        Undo(ProvisionStorage, "delete", "s3", "DELETE", Bucket) with { Query = "" },
        Report(ProvisionStorage, "report", "DeleteStorage") with { IsUndo = true },
        Undo(ProvisionStorage, LookAgain, "s3", "HEAD", Bucket, changes: false) with { Skip = 3, Only = ReadFaults },
        Commit(ProvisionStorage, "written", "*DELETE FROM residue*SET residue_read_at*",
            FirstAttempt + ArrayOf14Characters + "storage_bucket") with { IsUndo = true, Only = RowFaults },
        Report(ProvisionStorage, Residue, "FindStorageResidue") with { IsUndo = true },

        Commit(CreateResources, "seal", "*DELETE FROM resources*", "{id}"),
        Report(CreateResources, "report", "CreateResources"),
        Commit(ActivateTenant, "activate", "*SET ended_at = *", "{id}\nACTIVE"),
        Report(ActivateTenant, "report", "ActivateTenant"),

        Statement(SendNotification, "invitation", "INSERT INTO invitations*", "{id}") with { Only = RowFaults },
        Call(SendNotification, "subscriber", "novu", "POST", "*/subscribers") with { Body = "{id}" },
        Call(SendNotification, "trigger", "novu", "POST", "*/events/trigger") with { Body = "{id}" },
        Report(SendNotification, "report", "SendNotification"),
    ];

    public static StepCall Find(string step, string name) =>
        All.Single(call => !call.IsUndo && call.Step == step && call.Name == name);

    private static StepCall Call(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, false, name, system, method, path, changes);

    private static StepCall Get(string step, string name, string system, string path) =>
        Call(step, name, system, "GET", path, changes: false);

    private static StepCall Undo(
        string step, string name, string system, string method, string path, bool changes = true) =>
        new(step, true, name, system, method, path, changes);

    private static StepCall UndoGet(string step, string name, string system, string path) =>
        Undo(step, name, system, "GET", path, changes: false);

    // A whole transaction, identified by its statements and a text in their parameters.
    private static StepCall Commit(string step, string name, string statements, string? text) =>
        new(step, false, name, "postgres", "COMMIT", "/control_plane", Query: statements, Body: text);

    // A statement on its own or within a transaction.
    private static StepCall Statement(string step, string name, string statement, string? text) => new(
        step, false, name, "postgres", statement.Split(' ')[0], "/control_plane", Query: statement, Body: text);

    // A part of the tenant's connection.
    private static StepCall Connected(string step, string part) =>
        Statement(step, "connected", "INSERT INTO tenant_connections*", $"{{id}}\n{part}") with { Only = RowFaults };

    private static StepCall Disconnected(string step, string part) =>
        Statement(step, "disconnected", "DELETE FROM tenant_connections*", $"{{id}}\n{part}")
            with
        { IsUndo = true, Only = RowFaults };

    private static StepCall Report(string step, string name, string activity) => new(
        step, false, name, "novu", "POST", ReportInterceptor.PathOf(activity, "{id}"),
        Changes: false, IsReport: true, Only: ReportFaults);
}
