using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using ControlPlane;
using ControlPlane.Settings;
using Npgsql;
using Refit;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Worker.Telemetry;

namespace Worker.Systems;

/// <summary>
/// What became of an activity that failed, as Temporal is told: a stable code, a sentence without secrets and whether
/// trying again can help. The only place where that is decided.
/// </summary>
public static class Failures
{
    /// <summary>The codes of failures that are no <see cref="ErrorCode"/>.</summary>
    public const string Unavailable = "unavailable", Refused = "refused", TimedOut = "timeout",
        Unexpected = "unexpected", RollbackIncomplete = "rollback_incomplete",
        CredentialsRefused = "credentials_refused";

    /// <param name="e">What was thrown.</param>
    /// <param name="patient">
    /// An undo, or what is tried without bound: only what a person must mend first is given up.
    /// </param>
    public static ApplicationFailureException Translate(Exception e, bool patient = false)
    {
        var (code, sentence, retry) = Describe(e);
        bool isHopeless = e is ControlPlaneException { Code: ErrorCode.NotConfigured or ErrorCode.StaleAttempt }
            or SettingException or ApplicationFailureException { NonRetryable: true };
        return new ApplicationFailureException(
            sentence, errorType: code, nonRetryable: patient ? isHopeless : !retry);
    }

    /// <summary>Not a failure: the activity was asked to end.</summary>
    public static bool IsCancelled(Exception e, ActivityExecutionContext context) =>
        e is OperationCanceledException && context.CancellationToken.IsCancellationRequested;

    private static (string Code, string Sentence, bool Retry) Describe(Exception e) => e switch
    {
        ApplicationFailureException f => (f.ErrorType ?? Unexpected, f.Message, !f.NonRetryable),
        ControlPlaneException c => (CodeOf(c.Code), c.Message, c.Code == ErrorCode.Unavailable),
        SettingException s => (CodeOf(ErrorCode.NotConfigured), s.Message, false),
        OutsideSystemException { RefusesCredentials: true } o => (CredentialsRefused, o.Message, false),
        OutsideSystemException o => (IsPassing(o.Status) ? Unavailable : Refused, o.Message, IsPassing(o.Status)),
        PostgresException p => (
            IsPassing(p) ? Unavailable : Refused,
            // The message names objects of ours; the detail, which may hold values, is left out.
            $"PostgreSQL answered {p.SqlState}: {Masked.Text(p.MessageText)}",
            IsPassing(p)),
        NpgsqlException { InnerException: TimeoutException } => (TimedOut, "PostgreSQL did not answer in time.", true),
        NpgsqlException => (Unavailable, "PostgreSQL cannot be reached.", true),
        AmazonServiceException a when (int)a.StatusCode >= 300 => (
            IsPassing(a.StatusCode) ? Unavailable : Refused,
            $"S3 answered {(int)a.StatusCode} {a.ErrorCode}.",
            IsPassing(a.StatusCode)),
        AmazonServiceException or AmazonClientException => (Unavailable, "S3 cannot be reached.", true),
        ApiRequestException { InnerException: { } inner } => Describe(inner),
        HttpRequestException h => (Unavailable, string.Create(CultureInfo.InvariantCulture,
            $"An outside system cannot be reached ({h.HttpRequestError})."), true),
        TaskCanceledException { InnerException: TimeoutException } or TimeoutException =>
            (TimedOut, "An outside system did not answer in time.", true),
        CryptographicException =>
            (Unexpected, "Something sealed or encrypted cannot be opened with today's keys.", false),
        _ => (Unexpected, $"An unexpected failure: {e.GetType().Name}.", true),
    };

    // A success that is told as a failure is one that cannot be used: Novu's 201 without effect, a cut body.
    // A fresh token comes with the next try, so 401 passes. Wrong credentials are refused when the token is fetched,
    // and do not.
    private static bool IsPassing(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 or 408 or 409 or 423 or 425 or 429 => true,
        401 => true,
        501 => false,
        >= 500 => true,
        _ => false,
    };

    // Besides what Npgsql holds for passing: no room (53), administrator's shutdown (57), locks and timeouts.
    private static bool IsPassing(PostgresException e) =>
        e.IsTransient || e.SqlState[..2] is "08" or "40" or "53" or "55" or "57" or "58";

    /// <summary>A broken rule's code, as over HTTP.</summary>
    public static string CodeOf(ErrorCode code) =>
        string.Concat(code.ToString().Select((c, i) =>
            char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
