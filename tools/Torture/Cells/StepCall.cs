using Sandbox.Control;
using static ControlPlane.Provisioning.ProvisioningSteps;

namespace Torture.Cells;

/// <summary>A call that a step, or its undo, makes to a system for one tenant.</summary>
/// <param name="Step">Its id.</param>
/// <param name="Name">Within the step.</param>
/// <param name="Method">Of HTTP; of PostgreSQL the first word.</param>
/// <param name="Path">A pattern as in <see cref="FaultRule.Path"/>; {key} and {id} stand for the tenant's.</param>
/// <param name="Changes">Whether it changes anything; if not, no answer of it can hide an effect.</param>
/// <param name="Query">As in <see cref="FaultRule.Query"/>; of PostgreSQL which statement it is.</param>
/// <param name="Body">A text that the body holds; null: the path or the statement says whom it is about.</param>
/// <param name="Skip">How often the step makes the same call before.</param>
/// <param name="AfterLost">The step's call that loses its answer first: otherwise this one is not made.</param>
/// <param name="IsShared">It is about all tenants at once: a fault meets it whoever it is made for.</param>
/// <param name="IsReport">It tells Temporal that an activity was done.</param>
/// <param name="Only">Those faults alone; null: each that makes sense.</param>
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

    /// <summary>While it is held, what it has locked is.</summary>
    public bool IsTransaction => IsPostgres && Method == "COMMIT";

    /// <summary>While it is held nobody else can change what the tenant is.</summary>
    public bool LocksTenant => IsTransaction && Step is UpdateStatus or ActivateTenant;

    /// <summary>What its step makes is in an outside system, and is taken back by an undo.</summary>
    public bool HasUndo => Matrix.StepsWithUndo.Contains(Step);

    /// <summary>It is made for a bucket in which there is something.</summary>
    public bool NeedsObjects => this is { IsUndo: true, System: "s3", IsShared: false };

    /// <summary>For an undo: what fails, so that there is something to take back.</summary>
    public StepCall? Trigger => this switch
    {
        { IsUndo: false } => null,
        { IsShared: true, System: "s3" } => StepCalls.Find(ProvisionStorage, "tag"),
        // Only when its step is done does anybody put something into the bucket.
        { NeedsObjects: true } => StepCalls.Find(CreateResources, "seal"),
        _ => StepCalls.Find(ProvisionStorage, "block"),
    };

    /// <summary>Of the queue that runs it: what waits there is not more than it has room for.</summary>
    public string Queue => Step switch
    {
        CreateIdp or CreateAdminUser => "keycloak",
        ProvisionStorage => "s3",
        SendNotification => "novu",
        _ => "postgres",
    };

    public string NextStep =>
        StepCalls.All.Select(call => call.Step).SkipWhile(step => step != Step).First(step => step != Step);

    public override string ToString() => $"{Step}{(IsUndo ? ".undo" : "")}.{Name}";

    /// <summary>What it looks like, whoever it is for.</summary>
    public FaultRule Pattern => new() { System = System, Method = Method, Path = Path, Query = Query };

    /// <summary>A fault that meets this call for one tenant alone.</summary>
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

/// <summary>Which faults a call is for, where it is not for all of them.</summary>
internal sealed record FaultSelection(string Reason, params IReadOnlyList<string> Faults);
