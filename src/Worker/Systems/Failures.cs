using System.Globalization;
using System.Security.Cryptography;
using Amazon.Runtime;
using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Persistence.Entra;
using ControlPlane.Provisioning;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Npgsql;
using Refit;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Worker.Systems.Postgres;
using Worker.Systems.S3;
using Worker.Systems.Terraform;
using Worker.Telemetry;

namespace Worker.Systems;

/// <summary>
/// Translates exceptions of activities into failures for Temporal: a stable code, a sentence without secrets, and
/// whether a retry can help. The tables of errors decide the latter, one for each system.
/// </summary>
public static class Failures
{
    /// <summary>The codes of failures without an <see cref="ErrorCode"/>.</summary>
    public const string Unavailable = FailureCode.Unavailable, Temporary = FailureCode.Temporary,
        Refused = FailureCode.Refused, TimedOut = FailureCode.TimedOut, Unexpected = FailureCode.Unexpected,
        RollbackIncomplete = FailureCode.RollbackIncomplete, CredentialsRefused = FailureCode.CredentialsRefused;

    /// <param name="e">The exception of the activity.</param>
    /// <param name="retryRefusals">
    /// True for an undo or an activity without a retry limit: every error is retryable, except one that a person must
    /// solve first.
    /// </param>
    public static ApplicationFailureException Translate(Exception e, bool retryRefusals = false)
    {
        var (code, sentence, isRetryable) = Describe(e);
        bool isPermanent = e is ControlPlaneException
        {
            Code: ErrorCode.NotConfigured or ErrorCode.StaleAttempt or ErrorCode.OwnershipConflict,
        }
            or SettingException or ApplicationFailureException { NonRetryable: true };
        return new ApplicationFailureException(
            sentence, errorType: code, nonRetryable: retryRefusals ? isPermanent : !isRetryable);
    }

    /// <summary>Whether the code is that of <see cref="ErrorClass.Connection"/>: a step waits for its end.</summary>
    public static bool IsWaitedOut(string? code) => code is Unavailable or CredentialsRefused;

    /// <summary>Whether the exception is the requested cancellation of the activity, and not a failure.</summary>
    public static bool IsCancelled(Exception e, ActivityExecutionContext context) =>
        e is OperationCanceledException && context.CancellationToken.IsCancellationRequested;

    private static (string Code, string Sentence, bool IsRetryable) Describe(Exception e) => e switch
    {
        ApplicationFailureException f => (f.ErrorType ?? Unexpected, f.Message, !f.NonRetryable),
        ControlPlaneException c => (CodeOf(c.Code), c.Message, c.Code == ErrorCode.Unavailable),
        SettingException s => (CodeOf(ErrorCode.NotConfigured), s.Message, false),
        OutsideSystemException o => Of(o.Class, o.RefusesCredentials, o.Message),
        TerraformException t => Of(t.Class, t.RefusesCredentials, t.Message),
        TenantDatabaseException t => DescribePostgres(t.Error, isControlDatabase: false),
        PostgresException p => DescribePostgres(p, isControlDatabase: true),
        NpgsqlException { InnerException: EntraTokenException token } => (Unavailable, token.Message, true),
        NpgsqlException { InnerException: TimeoutException } => (TimedOut, "PostgreSQL did not answer in time.", true),
        NpgsqlException => (Unavailable, "PostgreSQL cannot be reached.", true),
        AmazonServiceException a when (int)a.StatusCode >= 300 => Of(
            S3Errors.Classify(a), S3Errors.RefusesCredentials(a), $"S3 answered {(int)a.StatusCode} {a.ErrorCode}."),
        AmazonServiceException or AmazonClientException => (Unavailable, "S3 cannot be reached.", true),
        RpcException r => Of(
            TemporalErrors.Classify(r), TemporalErrors.RefusesCredentials(r), $"Temporal answered {r.Code}."),
        InvalidOperationException i when TemporalErrors.IsUnreachable(i) =>
            (Unavailable, "Temporal cannot be reached.", true),
        ApiRequestException { InnerException: { } inner } => Describe(inner),
        HttpRequestException h => (Unavailable, string.Create(CultureInfo.InvariantCulture,
            $"An outside system cannot be reached ({h.HttpRequestError})."), true),
        TaskCanceledException { InnerException: TimeoutException } or TimeoutException =>
            (TimedOut, "An outside system did not answer in time.", true),
        CryptographicException =>
            (Unexpected, "Sealed or encrypted data cannot be decrypted with the current keys.", false),
        _ => (Unexpected, $"An unexpected failure: {e.GetType().Name}.", true),
    };

    private static (string Code, string Sentence, bool IsRetryable) Of(
        ErrorClass errorClass, bool refusesCredentials, string sentence) => errorClass switch
        {
            ErrorClass.Connection => (refusesCredentials ? CredentialsRefused : Unavailable, sentence, true),
            ErrorClass.Temporary => (Temporary, sentence, true),
            _ => (Refused, sentence, false),
        };

    // The message names our own objects. The detail may contain values and is left out.
    private static (string Code, string Sentence, bool IsRetryable) DescribePostgres(
        PostgresException e, bool isControlDatabase) => Of(
            PostgresErrors.Classify(e, isControlDatabase),
            PostgresErrors.RefusesCredentials(e),
            $"PostgreSQL answered {e.SqlState}: {Masked.Text(e.MessageText)}"
            + (isControlDatabase && PostgresErrors.IsNotMigrated(e)
                ? ". The control database is older than this worker: run `migrate`." : ""));

    /// <inheritdoc cref="FailureCode.Of"/>
    public static string CodeOf(ErrorCode code) => FailureCode.Of(code);
}
