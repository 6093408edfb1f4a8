using Sandbox.Control;

namespace Torture.Cells;

/// <summary>A call that is made while tenants are provisioned and has no cell.</summary>
/// <param name="Reason">Why not.</param>
internal sealed record UncoveredCall(string System, string? Method, string Path, string? Query, string Reason)
{
    /// <summary>What it looks like, whoever it is for.</summary>
    public FaultRule Pattern => new() { System = System, Method = Method, Path = Path, Query = Query };

    public override string ToString() =>
        $"{System} {Method ?? "*"} {Path}{(Query is { Length: > 0 } ? $"?{Query}" : "")}";
}

internal static class UncoveredCalls
{
    private const string
        SignUp = "before there is anything to take back: whoever hears no answer calls again",
        Sweeps = "the sweep's own: the next one does it again",
        Reads = "for the operator who asks what is there, and read anew each time",
        ForPeople = "for people: nothing that follows reads it; a try that cannot write it is tried again, as with "
            + "provision-storage.begun and .done";

    public static IReadOnlyList<UncoveredCall> All { get; } =
    [
        new("keycloak", null, "/realms/platform/*", null, "an operator logs in"),
        new("keycloak", "GET", "/realms/master/.well-known/*", null, "`./dev crash` asks whether it is there again"),
        new("novu", "GET", "/", null, "`./dev crash` asks whether it is there again"),
        Rows("INSERT", "INSERT INTO leads*", SignUp),
        Rows("UPDATE", "UPDATE leads SET verified_at*", SignUp),
        Rows("COMMIT", "*INSERT INTO tenants*", SignUp),
        Rows("COMMIT", "*INSERT INTO provisioning_attempts*",
            "before its run: whoever hears no answer calls again, and the sweep starts what has no run"),
        Rows("COMMIT", "*SELECT current_setting(*; COMMENT ON ROLE *",
            "provision-database.make of a try that finds role and schema there"),
        Rows("SELECT", "SELECT status FROM tenants*FOR UPDATE",
            "within a transaction; activate-tenant.activate/late-in-undo refuses it once"),
        Rows("COMMIT", "*FOR UPDATE; UPDATE provisioning_steps SET state = ?, error_code = NULL*",
            "a rollback that finds its tenant ACTIVE: tried without bound, as update-status.undo.rolling-back is"),
        Rows("UPDATE", "UPDATE provisioning_steps s SET state*",
            "an operator sends a mail that was parked, and sees what it says"),
        Rows("UPDATE", "UPDATE provisioning_attempts SET run_id*", "the run writes it again when it begins"),
        Rows("COMMIT", "*SET state = ?, run_id = $3, ended_at = NULL*",
            "an operator goes on: tried without bound, as update-status.undo.rolling-back is"),
        Rows("COMMIT", "*INSERT INTO residue *SELECT *",
            "after a reading that was given up: tried without bound, as update-status.undo.ended is"),
        Rows("COMMIT", "*SELECT * FROM provisioning_attempts*; UPDATE provisioning_steps SET state = ? WHERE *",
            "the plan of an attempt that never began: by what begins its rollback, tried without bound"),
        Rows("UPDATE", "UPDATE provisioning_steps SET state = $4, error_code = $5*",
            "why a try has failed: for people; where it cannot be written the failure counts all the same"),
        Rows("UPDATE", "UPDATE provisioning_steps SET undo_state*", ForPeople),
        Rows("DELETE", "DELETE FROM system_readings*", Reads),
        Rows("COMMIT", "*DELETE FROM system_readings*", Reads),
        Rows("DELETE", "DELETE FROM invitations*", Sweeps),
        Rows("DELETE", "DELETE FROM sealed_passwords*", Sweeps),
        Rows("DELETE", "DELETE FROM orphans*", Sweeps),
        Rows("UPDATE", "UPDATE leads SET token_generation*", SignUp),
        Rows("UPDATE", "UPDATE resources SET details = NULL*",
            "the end of a reading that found nothing: a try that cannot write it reads again"),
        new("postgres", null, "/control_plane", "*sweep_deletions*", Sweeps),
    ];

    private static UncoveredCall Rows(string method, string statements, string reason) =>
        new("postgres", method, "/control_plane", statements, reason);
}
