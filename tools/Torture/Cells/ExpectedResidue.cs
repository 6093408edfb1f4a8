using static ControlPlane.Provisioning.ProvisioningSteps;

namespace Torture.Cells;

/// <summary>What a rollback leaves that could not take it back, or could not see that it is gone.</summary>
/// <param name="Remaining">In the systems, by kind and name; {key} stands for the tenant's.</param>
/// <param name="Told">By type and name; as much as can be in what cannot be read.</param>
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

    /// <summary>Null where a cell leaves nothing.</summary>
    public static ExpectedResidue? Of(Cell cell) => cell switch
    {
        { Call.IsUndo: false } => null,
        { Fault.Name: Faults.Off, Call.System: "keycloak" } => new(RealmRemains, Realm, Client, User),
        { Fault.Name: Faults.Off, Call.System: "s3" } => new(BucketRemains, Bucket),
        { Fault.Name: "down" } => OfRefused(cell.Call),
        _ => null,
    };

    public static IEnumerable<string> Fill(IEnumerable<string> things, string key) =>
        things.Select(thing => thing.Replace("{key}", key, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static ExpectedResidue? OfRefused(StepCall call) => call switch
    {
        // Done is done, whatever becomes of its report or its row.
        { IsReport: true, Name: not StepCalls.Residue } or { Name: StepCalls.Deleted } => null,
        // What was never read again may be there.
        { Name: StepCalls.Residue, Step: CreateIdp } => new([], Realm, Client),
        { Name: StepCalls.Residue, Step: CreateAdminUser } => new([], User),
        { Name: StepCalls.Residue, Step: ProvisionDatabase } => new([], Schema),
        { Name: StepCalls.Residue or StepCalls.LookAgain or "written" } => new([], Bucket),
        // A realm takes its users with it.
        { Step: CreateAdminUser } => null,
        { Step: CreateIdp } => new(RealmRemains, Realm),
        { Step: ProvisionDatabase } => new(SchemaRemains, Schema),
        _ => new(BucketRemains, Bucket),
    };
}
