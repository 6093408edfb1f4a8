using Sandbox.Control;
using static Torture.Cells.StepIds;

namespace Torture.Cells;

/// <summary>A call to an outside system or the control database that a step or its undo makes for one tenant.</summary>
/// <param name="Step">The id of the step.</param>
/// <param name="Name">The name of the call, unique within the step or its undo.</param>
/// <param name="Method">The HTTP method; of PostgreSQL the first word of the statement.</param>
/// <param name="Path">A pattern as in <see cref="FaultRule.Path"/>; {key} and {id} stand for the tenant's.</param>
/// <param name="Changes">Whether the call has an effect. Without one a lost answer hides nothing.</param>
/// <param name="Query">A pattern as in <see cref="FaultRule.Query"/>; of PostgreSQL it matches the statements.</param>
/// <param name="Body">A text in the body. Null if the path or the statement identifies the tenant.</param>
/// <param name="Skip">The number of equal calls that precede this one.</param>
/// <param name="AfterLost">The call whose answer must be lost so that this one occurs; null for none.</param>
/// <param name="IsShared">Whether the call concerns all tenants, so that a fault hits any of them.</param>
/// <param name="IsReport">Whether the call stands for an activity's report to Temporal.</param>
/// <param name="Only">The faults to which the call is limited; null for no limit.</param>
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
    string? AfterLost = null,
    bool IsShared = false,
    bool IsReport = false,
    FaultSelection? Only = null)
{
    public bool IsPostgres => System == "postgres";

    /// <summary>Whether the call is a transaction. It keeps its locks while it is held.</summary>
    public bool IsTransaction => IsPostgres && Method == "COMMIT";

    /// <summary>Whether the call locks the tenant's row while it is held.</summary>
    public bool LocksTenant => IsTransaction && Step is UpdateStatus or ActivateTenant;

    /// <summary>Whether the step creates objects in an outside system that an undo removes.</summary>
    public bool HasUndo => Matrix.StepsWithUndo.Contains(Step);

    /// <summary>Whether the call needs a bucket with content.</summary>
    public bool NeedsObjects => this is { IsUndo: true, System: "s3", IsShared: false };

    /// <summary>For a call of an undo, the call whose failure causes the rollback; null for a call of a step.</summary>
    public StepCall? Trigger => this switch
    {
        { IsUndo: false } => null,
        { IsShared: true, System: "s3" } => StepCalls.Find(ProvisionStorage, "tag"),
        // Objects are put into the bucket after its step, so a later step must fail.
        { NeedsObjects: true } => StepCalls.Find(CreateResources, "seal"),
        _ => StepCalls.Find(ProvisionStorage, "block"),
    };

    /// <summary>The task queue of the step. Its slots limit how many calls can be held at once.</summary>
    public string Queue => Step switch
    {
        CreateIdp or CreateAdminUser => "keycloak",
        ProvisionStorage => "s3",
        SendNotification => "novu",
        _ => "postgres",
    };

    /// <summary>The step that follows this call's step in the table.</summary>
    public string NextStep =>
        StepCalls.All.Select(call => call.Step).SkipWhile(step => step != Step).First(step => step != Step);

    public override string ToString() => $"{Step}{(IsUndo ? ".undo" : "")}.{Name}";

    /// <summary>A rule that matches the call for any tenant.</summary>
    public FaultRule Pattern => new() { System = System, Method = Method, Path = Path, Query = Query };

    /// <summary>A rule that matches the call for one tenant only.</summary>
    public FaultRule RuleFor(string key, string id)
    {
        return Pattern with
        {
            Path = Fill(Path)!,
            Query = Fill(Query),
            BodyContains = Fill(Body),
            Skip = Skip,
        };

        string? Fill(string? pattern) => pattern?
            .Replace("{key}", key, StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal);
    }
}

/// <summary>The faults to which a call is limited.</summary>
/// <param name="Reason">Why the other faults are left out.</param>
/// <param name="Faults">The names of the faults.</param>
internal sealed record FaultSelection(string Reason, params IReadOnlyList<string> Faults);
