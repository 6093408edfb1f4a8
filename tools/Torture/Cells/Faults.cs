using Sandbox.Control;

namespace Torture.Cells;

/// <summary>All faults of the matrix, one entry each.</summary>
internal static class Faults
{
    public const string Off = "switched-off", MailOff = "mail-switched-off", Swept = "swept",
        KilledBefore = "worker-killed-before", LateInUndo = "late-in-undo", LateAfterUndo = "late-after-undo";

    // More than the tries of a step, so that they begin again.
    private const int ManyTries = 20, UndoTries = 5;

    private const string NoHttp = "an HTTP answer; for PostgreSQL see rejected and disk-full";

    private const string ForeignRealm = "403 to a realm, or to HEAD of a bucket, means that it is another account's";

    private const string ForUndo = "for an undo see down";

    private const string BucketUndo = "provision-storage.undo.delete";

    public static IReadOnlyList<Fault> All { get; } =
    [
        Plain("refused", "permanent 400 before any effect", Ending.Failed,
            rule => rule with { Status = 400, Count = 0 },
            ExclusionReason: call => call.IsPostgres ? NoHttp : call.IsUndo ? ForUndo : null),
        Plain("refused-once", "a single 400 before any effect", Ending.Active,
            rule => rule with { Status = 400 },
            ExclusionReason: call => call.IsPostgres ? NoHttp
                : call.IsUndo || call.IsShared ? null : "for a step the same as refused"),
        Plain("throttled", "429, three times", Ending.Active,
            rule => rule with { Status = 429, Count = 3, RetryAfter = 1 },
            ExclusionReason: call => call.IsPostgres ? NoHttp : null),
        Plain("busy", "503, three times", Ending.Active,
            rule => rule with { Status = 503, Count = 3 },
            ExclusionReason: call => call.IsPostgres ? NoHttp : null),
        Plain("database-failed", "Keycloak's own database fails, three times", Ending.Active,
            rule => rule with
            {
                Status = 400, Count = 3, Body = """{"errorMessage":"Database operation failed"}""",
                ContentType = "application/json",
            },
            ExclusionReason: OnlyOf("keycloak")),
        Plain("cut", "a success with a truncated body, twice", Ending.Active,
            rule => rule with { Status = 200, Body = CutBody(rule), Count = 2 },
            ExclusionReason: call =>
                call.IsPostgres ? NoHttp : ReadsBody(call) ? null : "the body of the answer is not read"),
        Plain("rejected", "permanent 22023, invalid value", Ending.Failed,
            rule => rule with { SqlState = "22023", Count = 0 },
            ExclusionReason: call => !call.IsPostgres ? NoSql(call) : call.IsUndo ? ForUndo : null),
        Connection("denied", "42501, a missing grant, longer than the tries of a step", "42501"),
        Connection("read-only", "25006, a failover, longer than the tries of a step", "25006"),
        Connection("login-refused", "28P01, a rotated password, longer than the tries of a step", "28P01"),
        Connection("starting", "57P03, a restart, longer than the tries of a step", "57P03"),
        ConnectionOverHttp("unauthorized", "a rotated secret, longer than the tries of a step",
            call => call.System == "s3" ? (403, S3Error("InvalidAccessKeyId")) : (401, "{}")),
        ConnectionOverHttp("forbidden", "a missing right, longer than the tries of a step",
            call => call.System == "s3" ? (403, S3Error("AccessDenied")) : (403, "{}")),
        Plain("disk-full", "53100, three times", Ending.Active,
            rule => rule with { SqlState = "53100", Count = 3 },
            ExclusionReason: call => call.IsPostgres ? null : NoSql(call)),
        Plain("disk-full-for-good", "53100 until the caller gives up", Ending.Failed,
            rule => rule with { SqlState = "53100", Count = 0 },
            ExclusionReason: call => !call.IsPostgres ? NoSql(call) : call.IsUndo ? ForUndo : null),
        Plain("reset", "connection reset before any effect, twice", Ending.Active,
            rule => rule with { Kind = FaultKind.Reset, Count = 2 }),
        Plain("silent", "no answer and no effect", Ending.Active,
            rule => rule with { Kind = FaultKind.Hang },
            ExclusionReason: call =>
                call is { IsReport: true, Name: not "report" } ? "shown by the report of the undo" : null),
        Plain("lost", "the call takes effect, its answer is lost", Ending.Active,
            rule => rule with { Kind = FaultKind.LoseAnswer }, ExclusionReason: WithoutEffect),
        Plain("late", "the call takes effect after the caller has given up", Ending.Active,
            rule => rule with { Kind = FaultKind.AfterCallerLeft }, ExclusionReason: WithoutEffect),
        new(LateInUndo, "the call takes effect during the rollback, or just before it", Ending.Failed,
            run => run.Cell.Call.Step == StepIds.ActivateTenant
                ? FaultActions.DelayActivateAsync(run)
                : FaultActions.DelayEffectAsync(run, progress => progress.IsRollingBack),
            ExclusionReason: call => $"{call}" == "activate-tenant.activate" ? null : NothingToUndo(call)),
        new(LateAfterUndo, "the call takes effect after the undo of the step", Ending.Failed,
            run => FaultActions.DelayEffectAsync(run, progress => progress.UndoStateOf(run.Cell.Call.Step) == "DONE"),
            ExclusionReason: call => NothingToUndo(call)
                ?? (call.IsTransaction ? "the undo waits for the open transaction; see late-in-undo" : null)),
        new("down", "refused until the undo is given up; then the fault ends and an operator retries",
            Ending.Failed, run => FaultActions.InjectAsync(run, FaultActions.Refusal(run)),
            ExclusionReason: call => !call.IsUndo ? "for a step see refused and rejected"
                : call is { IsReport: true, Name: not ("report" or StepCalls.Residue) }
                    ? "retried without limit; see busy" : null),
        new("foreign", "a foreign object with content has the name", Ending.Failed,
            run => FaultActions.ProvisionWithForeignAsync(run, isBare: false), ExclusionReason: NothingToName),
        new("foreign-bare", "an empty foreign object has the name; in PostgreSQL a role without a schema",
            Ending.Failed, run => FaultActions.ProvisionWithForeignAsync(run, isBare: true),
            ExclusionReason: NothingToName),
        new("cancelled", "an operator cancels while the call is held", Ending.Failed, FaultActions.CancelAsync,
            ExclusionReason: call => call switch
            {
                { IsReport: true, IsUndo: true } => "cancelling a rollback changes nothing; its calls show that",
                { IsReport: false, Step: StepIds.UpdateStatus } =>
                    "the cancel waits for the transaction and hits whichever step runs next",
                _ => null,
            }),
        new("terminated", "the run is terminated while the call is held; an operator rolls back",
            Ending.Failed, FaultActions.TerminateAsync,
            ExclusionReason: call => call.Step == StepIds.SendNotification
                ? "the tenant is ACTIVE, and a rollback is refused; see swept" : null),
        new(Swept, "the run is terminated while the call is held; the sweep repairs the tenant", Ending.Failed,
            FaultActions.SweepAsync, ExclusionReason: WithoutEffect),
        new(Off, "its system is switched off before the worker continues, and on again later", Ending.Failed,
            HoldAsync, "worker", FaultKind.Delay, WhyNotOff),
        new(MailOff, "Novu is switched off during the rollback, and on again later", Ending.Failed,
            HoldAsync, "worker", FaultKind.Delay,
            call => $"{call}" is BucketUndo ? null : $"one call is enough: see {BucketUndo}"),
        Killing("worker", "killed-before", "killed while the call is held; it has no effect", FaultKind.Delay),
        Killing("worker", "killed-during", "killed while the call is held; it then takes effect", FaultKind.LateEffect)
            with { ExclusionReason = WithoutEffect },
        Killing("worker", "killed-after", "killed after the effect, while the answer is held", FaultKind.HoldAnswer)
            with { ExclusionReason = WithoutEffect },
        Killing("temporal", "killed", "killed while the call is held; it then continues", FaultKind.Delay),
        Killing("postgres", "killed", "killed (immediate) while the call is held; it then continues", FaultKind.Delay),
        Killing("sandbox", "killed", "the stand-ins or the fault proxy are killed with every call in flight",
            FaultKind.Hang),
        Disturbing(ConnectionState.ReadOnly, "PostgreSQL is read-only for some seconds, after its sessions were ended",
            call => call.IsReport ? "its calls show it" : null),
        Disturbing(ConnectionState.PasswordRotated, "the worker's password at PostgreSQL is another for some seconds",
            call => call.IsReport ? "its calls show it" : null),
        Disturbing(ConnectionState.KeycloakRotated, "Keycloak refuses each token for some seconds", OnlyOf("keycloak")),
        Disturbing(ConnectionState.S3Rotated, "S3 refuses the access key for some seconds", OnlyOf("s3")),
        Disturbing(ConnectionState.NovuRotated, "Novu refuses the key for some seconds", OnlyOf("novu")),
    ];

    /// <summary>A fault that consists of one rule, without further actions.</summary>
    private static Fault Plain(
        string name, string description, Ending ending, Func<FaultRule, FaultRule> transform,
        Func<StepCall, string?>? ExclusionReason = null) =>
        new(name, description, ending, run => FaultActions.InjectAsync(run, transform(run.Rule)),
            ExclusionReason: ExclusionReason, Transform: transform);

    /// <summary>An error of PostgreSQL that tells how the worker is connected. It is waited out.</summary>
    private static Fault Connection(string name, string description, string sqlState) => new(
        name, description, Ending.Active,
        run => FaultActions.InjectAsync(run, run.Rule with
        {
            SqlState = sqlState,
            Count = run.Cell.Call.IsUndo ? UndoTries : ManyTries,
        }),
        ExclusionReason: call => call.IsPostgres ? null : NoSql(call));

    /// <summary>The same of another system.</summary>
    private static Fault ConnectionOverHttp(
        string name, string description, Func<StepCall, (int Status, string Body)> answer) => new(
        name, description, Ending.Active,
        run => FaultActions.InjectAsync(run, run.Rule with
        {
            Status = answer(run.Cell.Call).Status,
            Body = answer(run.Cell.Call).Body,
            ContentType = run.Cell.Call.System == "s3" ? "application/xml" : "application/json",
            Count = run.Cell.Call.IsUndo ? UndoTries : ManyTries,
        }),
        ExclusionReason: call => call switch
        {
            { IsPostgres: true } => NoHttp,
            { IsReport: true } => "its calls show it",
            { Method: "HEAD" } => ForeignRealm,
            { Method: "GET", System: "keycloak" } when name == "forbidden" => ForeignRealm,
            _ => null,
        });

    /// <summary>A state of a whole system, in which the calls of a batch are released.</summary>
    private static Fault Disturbing(string state, string description, Func<StepCall, string?> exclusionReason) =>
        new(state, description, Ending.Active, HoldAsync, state, FaultKind.Delay, exclusionReason);

    private static Func<StepCall, string?> OnlyOf(string system) =>
        call => call.System != system ? $"it does not reach {system}" : call.IsReport ? "its calls show it" : null;

    private static string S3Error(string code) => $"<Error><Code>{code}</Code><Message>{code}</Message></Error>";

    private static Fault Killing(string part, string how, string description, FaultKind hold) =>
        new($"{part}-{how}", description, Ending.Active, HoldAsync, part, hold);

    // Every try is held until the whole batch is held and the part is killed. HoldAnswer is set only then: otherwise
    // the effect would already exist at the second try, which would skip the call.
    private static Task<InjectedFault> HoldAsync(CellRun run) => run.HoldAsync(run.Rule with
    {
        Kind = run.Cell.Fault.HoldKind is FaultKind.HoldAnswer ? FaultKind.Delay : run.Cell.Fault.HoldKind!.Value,
        Count = 0,
    });

    // A real Keycloak ends a list like this when it fails half-way.
    private static string CutBody(FaultRule rule) =>
        rule.System == "s3" ? "<Result><Version><Key>" : """[{"realm":"x","smtp{"error":"unknown_error"}""";

    private static bool ReadsBody(StepCall call) =>
        call.Method == "GET" || call.Name is StepCalls.Token or "trigger";

    private static string? WhyNotOff(StepCall call) => $"{call}" switch
    {
        "create-idp.undo.disable" or BucketUndo or "send-notification.trigger" => null,
        _ when call.IsPostgres => "PostgreSQL has no switch; see rejected and down",
        _ => "one call for each system is enough",
    };

    private static string? WithoutEffect(StepCall call) => call.Changes ? null : "the call has no effect";

    private static string? NothingToUndo(StepCall call) =>
        call is { IsUndo: false, Changes: true, HasUndo: true } ? null : "it creates nothing that an undo removes";

    private static string? NothingToName(StepCall call) =>
        call is { IsUndo: false, Name: "make" } or { IsUndo: false, IsPostgres: false, Name: "create" }
            ? null : "only a call that creates an object can find its name taken";

    private static string NoSql(StepCall call) => $"{call.System} has no SQLSTATE";
}
