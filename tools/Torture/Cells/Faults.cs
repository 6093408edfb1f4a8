using ControlPlane.Provisioning;
using Sandbox.Control;

namespace Torture.Cells;

/// <summary>Everything that goes wrong, one line each; with the calls they make the matrix.</summary>
internal static class Faults
{
    public const string Off = "switched-off", MailOff = "mail-switched-off", Swept = "swept",
        KilledBefore = "worker-killed-before", LateInUndo = "late-in-undo", LateAfterUndo = "late-after-undo";

    private const string NoHttp = "PostgreSQL has no such answer: see denied and disk-full";

    private const string ForUndo = "for an undo: see down";

    private const string BucketUndo = "provision-storage.undo.delete";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Plain("refused", "403 before any effect, for good", Ending.Failed,
            rule => rule with { Status = 403, Count = 0 },
            WhyNot: call => call.IsPostgres ? NoHttp : call.IsUndo ? ForUndo : null),
        Plain("refused-once", "403 before any effect, once", Ending.Active,
            rule => rule with { Status = 403 },
            WhyNot: call => call.IsPostgres ? NoHttp
                : call.IsUndo || call.IsShared ? null : "for a step it is the same as refused"),
        Plain("throttled", "429, three times", Ending.Active,
            rule => rule with { Status = 429, Count = 3, RetryAfter = 1 },
            WhyNot: call => call.IsPostgres ? NoHttp : null),
        Plain("busy", "503, three times", Ending.Active,
            rule => rule with { Status = 503, Count = 3 },
            WhyNot: call => call.IsPostgres ? NoHttp : null),
        Plain("cut", "a success whose body breaks off, twice", Ending.Active,
            rule => rule with { Status = 200, Body = CutBody(rule), Count = 2 },
            WhyNot: call => call.IsPostgres ? NoHttp : ReadsBody(call) ? null : "nobody reads the body of its answer"),
        Plain("denied", "42501, permission denied, for good", Ending.Failed,
            rule => rule with { SqlState = "42501", Count = 0 },
            WhyNot: call => !call.IsPostgres ? NoSql(call) : call.IsUndo ? ForUndo : null),
        Plain("disk-full", "53100, three times", Ending.Active,
            rule => rule with { SqlState = "53100", Count = 3 },
            WhyNot: call => call.IsPostgres ? null : NoSql(call)),
        Plain("disk-full-for-good", "53100, until it is given up", Ending.Failed,
            rule => rule with { SqlState = "53100", Count = 0 },
            WhyNot: call => !call.IsPostgres ? NoSql(call) : call.IsUndo ? ForUndo : null),
        Plain("reset", "the connection is cut before any effect, twice", Ending.Active,
            rule => rule with { Kind = FaultKind.Reset, Count = 2 }),
        Plain("silent", "no answer and no effect", Ending.Active,
            rule => rule with { Kind = FaultKind.Hang },
            WhyNot: call => call is { IsReport: true, Name: not "report" } ? "see that of the undo's report" : null),
        Plain("lost", "the effect is done, the answer lost", Ending.Active,
            rule => rule with { Kind = FaultKind.LoseAnswer }, WhyNot: WithoutEffect),
        Plain("late", "the effect comes when the caller has given up", Ending.Active,
            rule => rule with { Kind = FaultKind.AfterCallerLeft }, WhyNot: WithoutEffect),
        new(LateInUndo, "the effect comes while everything is being taken back, or is about to be", Ending.Failed,
            run => run.Cell.Call.Step == ProvisioningSteps.ActivateTenant
                ? FaultActions.DelayActivateAsync(run)
                : FaultActions.DelayEffectAsync(run, progress => progress.IsRollingBack),
            WhyNot: call => $"{call}" == "activate-tenant.activate" ? null : NothingToUndo(call)),
        new(LateAfterUndo, "the effect comes when the step is taken back", Ending.Failed,
            run => FaultActions.DelayEffectAsync(run, progress => progress.UndoStateOf(run.Cell.Call.Step) == "DONE"),
            WhyNot: call => NothingToUndo(call)
                ?? (call.IsTransaction ? "the undo waits for the open transaction: see late-in-undo" : null)),
        new("down", "refused for good, until it is given up; then it is no more and an operator goes on",
            Ending.Failed, run => FaultActions.InjectAsync(run, FaultActions.Refusal(run)),
            WhyNot: call => !call.IsUndo ? "for a step: see refused and denied"
                : call is { IsReport: true, Name: not ("report" or StepCalls.Residue) }
                    ? "it is tried without bound: see busy" : null),
        new("foreign", "somebody else's thing, with all that it holds, has the name", Ending.Failed,
            run => FaultActions.ProvisionWithForeignAsync(run, isBare: false), WhyNot: NothingToName),
        new("foreign-bare", "somebody else's thing that holds nothing has the name; a role without its schema",
            Ending.Failed, run => FaultActions.ProvisionWithForeignAsync(run, isBare: true), WhyNot: NothingToName),
        new("cancelled", "an operator cancels while the call is held", Ending.Failed, FaultActions.CancelAsync,
            WhyNot: call => call switch
            {
                { IsReport: true, IsUndo: true } => "to cancel a rollback changes nothing: its calls show it",
                { IsReport: false, Step: ProvisioningSteps.UpdateStatus } =>
                    "the cancel waits for its transaction and meets whichever step comes then",
                _ => null,
            }),
        new("terminated", "somebody terminates the run while the call is held; an operator rolls back",
            Ending.Failed, FaultActions.TerminateAsync,
            WhyNot: call => call.Step == ProvisioningSteps.SendNotification
                ? "the tenant is ACTIVE, and a rollback is refused: see swept" : null),
        new(Swept, "somebody terminates the run while the call is held; the sweep settles what is left", Ending.Failed,
            FaultActions.SweepAsync, WhyNot: WithoutEffect),
        new(Off, "its system is switched off before the worker goes on; later it is on again", Ending.Failed,
            HoldAsync, "worker", FaultKind.Delay, WhyNotOff),
        new(MailOff, "Novu is switched off during the rollback; later it is on again", Ending.Failed,
            HoldAsync, "worker", FaultKind.Delay,
            call => $"{call}" is BucketUndo ? null : $"off is off: see {BucketUndo}"),
        Killing("worker", "killed-before", "killed while the call is held; it has no effect", FaultKind.Delay),
        Killing("worker", "killed-during", "killed while the call is held; then it takes effect", FaultKind.LateEffect)
            with { WhyNot = WithoutEffect },
        Killing("worker", "killed-after", "killed when the effect is done and its answer held", FaultKind.HoldAnswer)
            with { WhyNot = WithoutEffect },
        Killing("temporal", "killed", "killed while the call is held; then it goes on", FaultKind.Delay),
        Killing("postgres", "killed", "killed (immediate) while the call is held; then it goes on", FaultKind.Delay),
        Killing("sandbox", "killed", "what plays the systems or stands before them is killed, and each call under way",
            FaultKind.Hang),
    ];

    /// <summary>One rule, and nobody does anything.</summary>
    private static Fault Plain(
        string name, string description, Ending ending, Func<FaultRule, FaultRule> transform,
        Func<StepCall, string?>? WhyNot = null) =>
        new(name, description, ending, run => FaultActions.InjectAsync(run, transform(run.Rule)), WhyNot: WhyNot, Transform: transform);

    private static Fault Killing(string part, string how, string description, FaultKind hold) =>
        new($"{part}-{how}", description, Ending.Active, HoldAsync, part, hold);

    // Every try is held, until all of the batch are there and the part dies. An answer is held only then: by a second
    // try the effect would be there, and many a call not made.
    private static Task<InjectedFault> HoldAsync(CellRun run) => run.HoldAsync(run.Rule with
    {
        Kind = run.Cell.Fault.HoldKind is FaultKind.HoldAnswer ? FaultKind.Delay : run.Cell.Fault.HoldKind!.Value,
        Count = 0,
    });

    // As a real Keycloak ends a list when it fails in its middle.
    private static string CutBody(FaultRule rule) =>
        rule.System == "s3" ? "<Result><Version><Key>" : """[{"realm":"x","smtp{"error":"unknown_error"}""";

    private static bool ReadsBody(StepCall call) =>
        call.Method == "GET" || call.Name is StepCalls.Token or "trigger";

    private static string? WhyNotOff(StepCall call) => $"{call}" switch
    {
        "create-idp.undo.disable" or BucketUndo or "send-notification.trigger" => null,
        _ when call.IsPostgres => "PostgreSQL has no switch; without its rights: see denied and down",
        _ => "off is off: one call shows it for each system",
    };

    private static string? WithoutEffect(StepCall call) => call.Changes ? null : "the call has no effect";

    private static string? NothingToUndo(StepCall call) =>
        call is { IsUndo: false, Changes: true, HasUndo: true } ? null : "it makes nothing that an undo takes back";

    private static string? NothingToName(StepCall call) =>
        call is { IsUndo: false, Name: "make" } or { IsUndo: false, IsPostgres: false, Name: "create" }
            ? null : "only what is made has a name to take";

    private static string NoSql(StepCall call) => $"{call.System} is no PostgreSQL";
}
