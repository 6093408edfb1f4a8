namespace Sandbox.Control;

/// <summary>Effect of a fault on a call.</summary>
public enum FaultKind
{
    /// <summary>
    /// The caller gets <see cref="FaultRule.Status"/> with <see cref="FaultRule.Body"/>; the call has no effect.
    /// </summary>
    Answer,

    /// <summary>
    /// The call is held until released and then processed as usual. If the caller disconnects first, the call has no
    /// effect.
    /// </summary>
    Delay,

    /// <summary>The caller gets no answer until it disconnects; the call has no effect.</summary>
    Hang,

    /// <summary>The connection is reset; the call has no effect.</summary>
    Reset,

    /// <summary>
    /// The call takes effect, then the connection is reset: the caller cannot know the outcome. If the system itself
    /// fails (5xx over HTTP), the caller gets that answer and the fault applies to the next call.
    /// </summary>
    LoseAnswer,

    /// <summary>
    /// The call takes effect, and its answer is held until released. If the system itself fails, as for
    /// <see cref="LoseAnswer"/>.
    /// </summary>
    HoldAnswer,

    /// <summary>The request is read, and takes effect when released, even if the caller has disconnected.</summary>
    LateEffect,

    /// <summary>The request is read, and takes effect as soon as the caller has disconnected.</summary>
    AfterCallerLeft,
}

/// <summary>The calls that a fault applies to, and its effect on them. In patterns, * matches any text.</summary>
public sealed record FaultRule
{
    /// <summary>keycloak, s3, novu or postgres; null: any but postgres.</summary>
    public string? System { get; init; }

    /// <summary>HTTP method, or the first word of an SQL statement such as COMMIT; null: any.</summary>
    public string? Method { get; init; }

    /// <summary>
    /// Pattern for the path, such as /tenant-acme-files* or /admin/realms. It matches a path with and without its
    /// trailing slash. For PostgreSQL: for the database, such as /control_plane.
    /// </summary>
    public string Path { get; init; } = "*";

    /// <summary>
    /// Pattern for the query without its question mark, such as tagging*; empty: no query; null: any. For PostgreSQL:
    /// for the statement, or for all statements of the transaction of a COMMIT, on one line and with ? for each value.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>
    /// Text that the request's body contains; null: any. Selects calls whose path does not name their object. The body
    /// of a statement is its text with its parameters; the body of a COMMIT is the whole transaction.
    /// </summary>
    public string? BodyContains { get; init; }

    /// <summary>Number of matching calls that pass unchanged first.</summary>
    public int Skip { get; init; }

    /// <summary>Number of calls that the fault then applies to; 0: all, until the fault is removed.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Seconds after which the fault expires; null: never.</summary>
    public double? ForSeconds { get; init; }

    public FaultKind Kind { get; init; } = FaultKind.Answer;

    /// <summary>Status for <see cref="FaultKind.Answer"/>: 200 to 599. The call has no effect even below 400.</summary>
    public int Status { get; init; } = 503;

    public string Body { get; init; } = "";

    public string ContentType { get; init; } = "application/json";

    /// <summary>Value of the Retry-After header in seconds; null: no header.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>
    /// For <see cref="FaultKind.Answer"/> on PostgreSQL: the SQLSTATE of the error, such as 53100 (disk full) or 42501
    /// (insufficient privilege).
    /// </summary>
    public string? SqlState { get; init; }

    /// <summary>Whether the call is to take effect although the caller gets no answer, or gets it late.</summary>
    internal bool RequiresEffect => Kind is FaultKind.LoseAnswer or FaultKind.HoldAnswer or FaultKind.LateEffect
        or FaultKind.AfterCallerLeft;

    /// <summary>Returns the first invalid field and its expected values; null if the rule is valid.</summary>
    public string? FindError() => this switch
    {
        { System: not (null or "keycloak" or "s3" or "novu" or Call.Postgres) } =>
            $"system: '{System}' is unknown; expected keycloak, s3, novu or postgres, or none for any but postgres.",
        { System: Call.Postgres, Kind: FaultKind.Answer, SqlState: null } =>
            "kind: answer; on postgres this kind requires a sqlState. Expected one, or reset, hang, delay, " +
            "loseAnswer, holdAnswer, lateEffect or afterCallerLeft.",
        { SqlState: not null, System: not Call.Postgres } or { SqlState: not null, Kind: not FaultKind.Answer } =>
            "sqlState: applies only to system postgres with kind answer.",
        { SqlState: { } state } when !IsErrorState(state) =>
            $"sqlState: '{state}'; expected an error code of five digits or capitals, such as 53100 (disk full).",
        { System: Call.Postgres, Query: "" } =>
            "query: empty; expected a pattern for a statement, such as INSERT INTO*.",
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
