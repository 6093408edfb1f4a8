using static Torture.Cells.StepIds;

namespace Torture.Cells;

/// <summary>The residue of a rollback that could not remove an object or could not read its system again.</summary>
/// <param name="Remaining">Objects that exist, by kind and name; {key} stands for the tenant's key.</param>
/// <param name="Reported">Reported objects by type and name; of an unreadable system all that may exist.</param>
internal sealed record ExpectedResidue(IReadOnlyList<string> Remaining, params IReadOnlyList<string> Reported)
{
    private const string
        Realm = "keycloak_realm tenant-{key}",
        Client = "keycloak_client {key}-app",
        User = "keycloak_admin_user admin@{key}.com",
        Schema = "database_schema tenant_{key}",
        Bucket = "storage_bucket tenant-{key}-files";

    private static readonly string[]
        RealmRemains = ["realm tenant-{key}"],
        SchemaRemains = ["schema tenant_{key}", "role tenant_{key}"],
        BucketRemains = ["bucket tenant-{key}-files"];

    /// <summary>Returns the expected residue of a cell, or null if nothing may remain.</summary>
    public static ExpectedResidue? Of(Cell cell) => cell switch
    {
        { Call.IsUndo: false } => null,
        { Fault.Name: Faults.Off, Call.System: "keycloak" } => new(RealmRemains, Realm, Client, User),
        { Fault.Name: Faults.Off, Call.System: "s3" } => new(BucketRemains, Bucket),
        { Fault.Name: "down" } => OfRefused(cell.Call),
        _ => null,
    };

    public static IEnumerable<string> Fill(IEnumerable<string> patterns, string key) =>
        patterns.Select(pattern => pattern.Replace("{key}", key, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static ExpectedResidue? OfRefused(StepCall call) => call switch
    {
        // The undo is done, even if its report or its row is lost.
        { IsReport: true, Name: not StepCalls.Residue } or { Name: StepCalls.Deleted } => null,
        // An object whose system was not read again may still exist.
        { Name: StepCalls.Residue, Step: CreateIdp } => new([], Realm, Client),
        { Name: StepCalls.Residue, Step: CreateAdminUser } => new([], User),
        { Name: StepCalls.Residue, Step: ProvisionDatabase } => new([], Schema),
        { Name: StepCalls.Residue or StepCalls.LookAgain or "written" } => new([], Bucket),
        // Deleting the realm also deletes its users.
        { Step: CreateAdminUser } => null,
        { Step: CreateIdp } => new(RealmRemains, Realm),
        { Step: ProvisionDatabase } => new(SchemaRemains, Schema),
        _ => new(BucketRemains, Bucket),
    };
}
