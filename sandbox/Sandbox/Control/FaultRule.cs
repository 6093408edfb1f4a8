namespace Sandbox.Control;

/// <summary>What goes wrong with a call.</summary>
public enum FaultKind
{
    /// <summary>
    /// The answer is <see cref="FaultRule.Status"/> with <see cref="FaultRule.Body"/>; nothing happens.
    /// </summary>
    Answer,

    /// <summary>
    /// Held until released; then it goes on as usual, unless the caller has gone: then nothing happens.
    /// </summary>
    Delay,

    /// <summary>No answer until the caller goes; nothing happens.</summary>
    Hang,

    /// <summary>The connection is cut; nothing happens.</summary>
    Reset,

    /// <summary>
    /// It happens, and then the connection is cut: the caller cannot know. Where a system fails by itself (5xx over
    /// HTTP) that is its answer, and the fault waits for the next call.
    /// </summary>
    LoseAnswer,

    /// <summary>
    /// It happens, and the answer waits until released: the caller hears nothing of it so far. A failure as above.
    /// </summary>
    HoldAnswer,

    /// <summary>The request is taken; it happens when released, even though the caller may be long gone.</summary>
    LateEffect,

    /// <summary>The request is taken; it happens as soon as the caller has given up.</summary>
    AfterCallerLeft,
}

/// <summary>Which calls a fault meets, and what it does to them. Patterns may hold * for anything.</summary>
public sealed record FaultRule
{
    /// <summary>keycloak, s3 or novu; null: each of them. PostgreSQL is met only by the name postgres.</summary>
    public string? System { get; init; }

    /// <summary>HTTP method, or the first word of a statement such as COMMIT; null: any.</summary>
    public string? Method { get; init; }

    /// <summary>
    /// Pattern over the path, such as /tenant-acme-files* or /admin/realms; of PostgreSQL the database, such as
    /// /control_plane.
    /// </summary>
    public string Path { get; init; } = "*";

    /// <summary>
    /// Pattern over the query without its question mark, such as tagging* ; empty: none; null: any. Of PostgreSQL over
    /// the statement, of a COMMIT over those of its transaction, on one line and with ? for each value.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>
    /// Text that the request's body holds; null: any. For calls whose path does not say whom they are about. The body
    /// of a statement is its text with its parameters; that of a COMMIT is the whole transaction.
    /// </summary>
    public string? BodyContains { get; init; }

    /// <summary>Matching calls that pass unharmed first.</summary>
    public int Skip { get; init; }

    /// <summary>Calls that are met after that; 0: all of them, until the fault is removed.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Seconds after which the fault is over; null: never.</summary>
    public double? ForSeconds { get; init; }

    public FaultKind Kind { get; init; } = FaultKind.Answer;

    /// <summary>For <see cref="FaultKind.Answer"/>: 200 to 599; one below 400 has no effect either.</summary>
    public int Status { get; init; } = 503;

    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "application/json";

    /// <summary>Seconds for the header Retry-After; null: no such header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>For an answer of PostgreSQL: the error's code, such as 53100 (disk full) or 42501 (no right).</summary>
    public string? SqlState { get; init; }

    /// <summary>Whether something is to happen before, or although, the caller hears nothing.</summary>
    internal bool WantsEffect => Kind is FaultKind.LoseAnswer or FaultKind.HoldAnswer or FaultKind.LateEffect
        or FaultKind.AfterCallerLeft;

    /// <summary>Names the first field that makes no sense and what is expected; null when the rule is fine.</summary>
    public string? Mistake() => this switch
    {
        { System: not (null or "keycloak" or "s3" or "novu" or Call.Postgres) } =>
            $"system: '{System}' is not known; expected keycloak, s3, novu or postgres, or none for each but the last.",
        { System: Call.Postgres, Kind: FaultKind.Answer, SqlState: null } =>
            "kind: answer; of PostgreSQL it wants a sqlState. Expected that, or reset, hang, delay, loseAnswer, " +
            "holdAnswer, lateEffect or afterCallerLeft.",
        { SqlState: not null, System: not Call.Postgres } or { SqlState: not null, Kind: not FaultKind.Answer } =>
            "sqlState: only an answer of PostgreSQL has one; expected system postgres and kind answer.",
        { SqlState: { } state } when !IsErrorState(state) =>
            $"sqlState: '{state}'; expected five digits or capitals of an error, such as 53100 (disk full).",
        { System: Call.Postgres, Query: "" } =>
            "query: empty; expected a pattern over a statement such as INSERT INTO*.",
        { Path: "" } => "path: empty; expected a pattern such as /tenant-acme-files* or *.",
        { Skip: < 0 } => $"skip: {Skip}; expected 0 or more.",
        { Count: < 0 } => $"count: {Count}; expected 1 or more, or 0 for all.",
        { ForSeconds: <= 0 } => $"forSeconds: {ForSeconds}; expected more than 0.",
        { Status: < 200 or > 599 } => $"status: {Status}; expected 200 to 599.",
        { RetryAfter: < 0 } => $"retryAfter: {RetryAfter}; expected seconds, 0 or more.",
        _ => null,
    };

    private static bool IsErrorState(string state) =>
        state.Length == 5 && !state.StartsWith("00", StringComparison.Ordinal)
        && state.All(character => char.IsAsciiDigit(character) || char.IsAsciiLetterUpper(character));
}
