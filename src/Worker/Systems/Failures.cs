using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using ControlPlane;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using Npgsql;
using Refit;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Worker.Telemetry;

namespace Worker.Systems;

/// <summary>
/// Translates exceptions of activities into failures for Temporal: a stable code, a sentence without secrets, and
/// whether a retry can help. The only place that decides this.
/// </summary>
public static class Failures
{
    /// <summary>The codes of failures without an <see cref="ErrorCode"/>.</summary>
    public const string Unavailable = "unavailable", Refused = "refused", TimedOut = "timeout",
        Unexpected = "unexpected", RollbackIncomplete = "rollback_incomplete",
        CredentialsRefused = "credentials_refused";

    /// <param name="e">The exception of the activity.</param>
    /// <param name="retryRefusals">
    /// True for an undo or an activity without a retry limit: every error is retryable, except one that a person must
    /// solve first.
    /// </param>
    public static ApplicationFailureException Translate(Exception e, bool retryRefusals = false)
    {
        var (code, sentence, isRetryable) = Describe(e);
        bool isPermanent = e is ControlPlaneException { Code: ErrorCode.NotConfigured or ErrorCode.StaleAttempt }
            or SettingException or ApplicationFailureException { NonRetryable: true };
        return new ApplicationFailureException(
            sentence, errorType: code, nonRetryable: retryRefusals ? isPermanent : !isRetryable);
    }

    /// <summary>Whether the exception is the requested cancellation of the activity, and not a failure.</summary>
    public static bool IsCancelled(Exception e, ActivityExecutionContext context) =>
        e is OperationCanceledException && context.CancellationToken.IsCancellationRequested;

    private static (string Code, string Sentence, bool IsRetryable) Describe(Exception e) => e switch
    {
        ApplicationFailureException f => (f.ErrorType ?? Unexpected, f.Message, !f.NonRetryable),
        ControlPlaneException c => (CodeOf(c.Code), c.Message, c.Code == ErrorCode.Unavailable),
        SettingException s => (CodeOf(ErrorCode.NotConfigured), s.Message, false),
        OutsideSystemException { RefusesCredentials: true } o => (CredentialsRefused, o.Message, false),
        OutsideSystemException o => (IsTransient(o.Status) ? Unavailable : Refused, o.Message, IsTransient(o.Status)),
        PostgresException p => (
            IsTransient(p) ? Unavailable : Refused,
            // The message names our own objects. The detail may contain values and is left out.
            $"PostgreSQL answered {p.SqlState}: {Masked.Text(p.MessageText)}",
            IsTransient(p)),
        NpgsqlException { InnerException: EntraTokenException token } => (Unavailable, token.Message, true),
        NpgsqlException { InnerException: TimeoutException } => (TimedOut, "PostgreSQL did not answer in time.", true),
        NpgsqlException => (Unavailable, "PostgreSQL cannot be reached.", true),
        AmazonServiceException a when (int)a.StatusCode >= 300 => (
            IsTransient(a.StatusCode) ? Unavailable : Refused,
            $"S3 answered {(int)a.StatusCode} {a.ErrorCode}.",
            IsTransient(a.StatusCode)),
        AmazonServiceException or AmazonClientException => (Unavailable, "S3 cannot be reached.", true),
        ApiRequestException { InnerException: { } inner } => Describe(inner),
        HttpRequestException h => (Unavailable, string.Create(CultureInfo.InvariantCulture,
            $"An outside system cannot be reached ({h.HttpRequestError})."), true),
        TaskCanceledException { InnerException: TimeoutException } or TimeoutException =>
            (TimedOut, "An outside system did not answer in time.", true),
        CryptographicException =>
            (Unexpected, "Sealed or encrypted data cannot be decrypted with the current keys.", false),
        _ => (Unexpected, $"An unexpected failure: {e.GetType().Name}.", true),
    };

    // 2xx: the answer cannot be used, such as Novu's 201 without effect or a truncated body.
    // 401: the next try uses a new token. Wrong credentials fail when the token is fetched, and are not retried.
    private static bool IsTransient(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 or 408 or 409 or 423 or 425 or 429 => true,
        401 => true,
        501 => false,
        >= 500 => true,
        _ => false,
    };

    // Besides Npgsql's transient errors: insufficient resources (53), operator intervention (57), locks, timeouts. A
    // refused login (28) and a missing database (3D) too: while a password is rotated or a database is restored, an
    // open saga waits.
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static bool IsTransient(PostgresException e) =>
        e.IsTransient || e.SqlState[..2] is "08" or "28" or "3D" or "40" or "53" or "55" or "57" or "58";

    /// <summary>The name of an error code in HTTP answers, in snake case.</summary>
    public static string CodeOf(ErrorCode code) =>
        string.Concat(code.ToString().Select((c, i) =>
            char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
