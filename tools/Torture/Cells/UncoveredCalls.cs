using Sandbox.Control;

namespace Torture.Cells;

/// <summary>A call that occurs while tenants are provisioned and has no cell.</summary>
/// <param name="Reason">Why it has no cell.</param>
internal sealed record UncoveredCall(string System, string? Method, string Path, string? Query, string Reason)
{
    /// <summary>A rule that matches the call for any tenant.</summary>
    public FaultRule Pattern => new() { System = System, Method = Method, Path = Path, Query = Query };

    public override string ToString() =>
        $"{System} {Method ?? "*"} {Path}{(Query is { Length: > 0 } ? $"?{Query}" : "")}";
}

/// <summary>All calls without a cell. A call in neither table makes a run fail.</summary>
internal static class UncoveredCalls
{
    private const string
        SignUp = "before there is anything to roll back: a caller without an answer retries",
        Sweeps = "by the sweep: the next sweep repeats it",
        Reads = "a reading for an operator, repeated for each request",
        SchemaLock = "a statement of a transaction without an effect of its own, like provision-database.create",
        ForPeople = "for display only; a try that cannot write it is retried, as with "
            + "provision-storage.begun and .done";

    public static IReadOnlyList<UncoveredCall> All { get; } =
    [
        new("keycloak", null, "/realms/platform/*", null, "login of an operator"),
        new("keycloak", "GET", "/realms/master/.well-known/*", null, "`./dev crash` waits for readiness"),
        new("novu", "GET", "/", null, "`./dev crash` waits for readiness"),
        Rows("INSERT", "INSERT INTO leads*", SignUp),
        Rows("UPDATE", "UPDATE leads SET verified_at*", SignUp),
        Rows("COMMIT", "*INSERT INTO tenants*", SignUp),
        Rows("COMMIT", "*INSERT INTO provisioning_attempts*",
            "before the run: a caller without an answer retries, and the sweep starts a missing run"),
        Rows("COMMIT", "*SELECT current_setting(*; COMMENT ON ROLE *",
            "provision-database.make of a try that finds role and schema present"),
        Rows("INSERT", "INSERT INTO arc_saas_locks_*", SchemaLock),
        Rows("DELETE", "DELETE FROM arc_saas_locks_*", SchemaLock),
        Rows("CREATE", "CREATE * IF NOT EXISTS arc_saas_locks_*",
            "once in a database, by a transaction of its own that the next try repeats"),
        Rows("SELECT", "SELECT status FROM tenants*FOR UPDATE",
            "a statement of a transaction; activate-tenant.activate/late-in-undo refuses it once"),
        Rows("UPDATE", "UPDATE provisioning_steps s SET state*",
            "an operator sends a parked mail and sees the result"),
        Rows("UPDATE", "UPDATE provisioning_attempts SET run_id*", "the run writes it again when it starts"),
        Rows("COMMIT", "*SET state = ?, run_id = $3, ended_at = NULL*",
            "an operator retries a rollback: retried without limit, like update-status.undo.rolling-back"),
        Rows("COMMIT", "*INSERT INTO residue *SELECT *",
            "after a reading that was given up: retried without limit, like update-status.undo.ended"),
        Rows("COMMIT", "*SELECT * FROM provisioning_attempts*; INSERT INTO provisioning_steps*",
            "the plan of an attempt that never started, written when its rollback begins: retried without limit"),
        Rows("UPDATE", "UPDATE provisioning_steps SET state = $4, error_code = $5*",
            "the error of a failed try, for display only; the try counts as failed even if this is not written"),
        Rows("UPDATE", "UPDATE provisioning_steps SET undo_state*", ForPeople),
        Rows("UPDATE", "UPDATE provisioning_steps SET progress*", ForPeople),
        Rows("COMMIT", "*INSERT INTO system_readings*", Reads),
        Rows("DELETE", "DELETE FROM invitations*", Sweeps),
        Rows("DELETE", "DELETE FROM sealed_passwords*", Sweeps),
        Rows("DELETE", "DELETE FROM orphans*", Sweeps),
        Rows("DELETE", "DELETE FROM system_readings*", Sweeps),
        Rows("DELETE", "DELETE FROM idempotent_answers*", Sweeps),
        Rows("COMMIT", "*LOCK TABLE audit_unsealed*", "the worker chains the rows ten seconds later"),
        Rows("INSERT", "INSERT INTO audit_events*",
            "before and after an operator's act: without the first the act is refused, and its caller repeats it"),
        Rows("UPDATE", "UPDATE leads SET token_generation*", SignUp),
        Rows("UPDATE", "UPDATE resources SET details = NULL*",
            "the end of a reading that found nothing: a try that cannot write it is retried"),
        new("postgres", null, "/control_plane", "*sweep_deletions*", Sweeps),
    ];

    private static UncoveredCall Rows(string method, string statements, string reason) =>
        new("postgres", method, "/control_plane", statements, reason);
}
