using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Api.Audit;
using Api.RateLimits;
using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Temporalio.Exceptions;

namespace Api.Http;

/// <summary>Turns every error into problem details. No other code writes an error response.</summary>
public static partial class ProblemDetailsExtensions
{
    /// <summary>Maps an error code to its HTTP status and its name in the API.</summary>
    public static (int Status, string Code) ToHttp(this ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest => (400, "invalid_request"),
        ErrorCode.TokenMissing => (401, "token_missing"),
        ErrorCode.TokenInvalid => (401, "token_invalid"),
        ErrorCode.TokenExpired => (401, "token_expired"),
        ErrorCode.TokenWrongLead => (401, "token_wrong_lead"),
        ErrorCode.Forbidden => (403, "forbidden"),
        ErrorCode.ChallengeRequired => (403, "challenge_required"),
        ErrorCode.NotFound => (404, "not_found"),
        ErrorCode.KeyTaken => (409, "key_taken"),
        ErrorCode.DomainTaken => (409, "domain_taken"),
        ErrorCode.LeadHasTenant => (409, "lead_has_tenant"),
        ErrorCode.ProvisioningDiffers => (409, "provisioning_differs"),
        ErrorCode.WrongState => (409, "wrong_state"),
        ErrorCode.IdempotencyKeyInUse => (409, "idempotency_key_in_use"),
        ErrorCode.IdempotencyKeyReused => (422, "idempotency_key_reused"),
        ErrorCode.PasswordRejected => (422, "password_rejected"),
        ErrorCode.TooManyRequests => (429, "too_many_requests"),
        ErrorCode.NotImplemented => (501, "not_implemented"),
        ErrorCode.NotConfigured => (503, "not_configured"),
        ErrorCode.Unavailable => (503, "unavailable"),
        _ => (500, "internal"),
    };

    public static void UseProblemDetails(this IApplicationBuilder app)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Api");
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
                if (!context.Response.HasStarted && FromStatus(context.Response.StatusCode) is { } problem)
                {
                    await WriteAsync(context, problem);
                }
            }
            catch (Exception e) when (context.RequestAborted.IsCancellationRequested
                && e is (OperationCanceledException or RpcException { Code: RpcException.StatusCode.Cancelled }))
            {
                // The caller has disconnected.
            }
            catch (Exception e) when (!context.Response.HasStarted)
            {
                if (e is PostgresException p && FromDatabase(p) is not null)
                {
                    LogDatabase(
                        logger, context.Request.Method, context.GetEndpoint()?.DisplayName, p.SqlState, p.MessageText);
                }
                else if (e is OlderDatabaseException older)
                {
                    LogOlder(logger, context.Request.Method, context.GetEndpoint()?.DisplayName, older.Message);
                }

                context.Response.Headers.RetryAfter = (e as TooManyRequestsException)?.RetryAfter;
                await WriteAsync(context, FromException(e) ?? LogUnexpected(logger, context, e));
            }
        });
    }

    private static Problem? FromException(Exception exception) => exception switch
    {
        ControlPlaneException e when e.Code.ToHttp() is var (status, code) => Create(status, code, e.Message, e.Field),
        TooManyRequestsException e => Create(429, "too_many_requests",
            $"There are too many sign-ups from your network. Try again in {e.RetryAfter} seconds.", null),
        MissingSettingException e => Create(503, "not_configured", e.Message, null),
        UnsupportedBodyException e => Create(415, "unsupported_media_type", e.Message, null),
        BadHttpRequestException e when e.StatusCode != 400 && FromStatus(e.StatusCode) is { } problem => problem,
        BadHttpRequestException { InnerException: IOException or InvalidOperationException } => Create(
            400, "invalid_request", "The body ends early, or its chunks are malformed.", "body"),
        BadHttpRequestException { InnerException: JsonException json } => FromMalformedBody(json),
        BadHttpRequestException => Create(400, "invalid_request", "The body must be a JSON object.", "body"),
        PostgresException e => FromDatabase(e),
        OlderDatabaseException e => Create(503, "unavailable", $"{e.Message} Run the worker's `migrate`.", null),
        NpgsqlException or SocketException or TimeoutException =>
            Create(503, "unavailable", "The database is unreachable. Try again in a moment.", null),
        RpcException e when TemporalErrors.Classify(e) != ErrorClass.Content => TemporalUnavailable(),
        InvalidOperationException e when TemporalErrors.IsUnreachable(e) => TemporalUnavailable(),
        _ => null,
    };

    // The message of the database may name hosts and roles, so it is only logged.
    private static Problem? FromDatabase(PostgresException e) => PostgresErrors.Classify(e) switch
    {
        ErrorClass.Content => null,
        _ when PostgresErrors.IsNotMigrated(e) => Create(503, "unavailable",
            "The control tables do not exist or are older than this process: run the worker's `migrate`.", null),
        _ => Create(503, "unavailable",
            "The database does not serve this process at the moment. Try again in a moment.", null),
    };

    private static Problem TemporalUnavailable() =>
        Create(503, "unavailable", "Temporal is unreachable. Try again in a moment.", null);

    private static Problem? FromStatus(int status) => status switch
    {
        400 => Create(400, "invalid_request", "The body must be a JSON object.", "body"),
        404 => Create(404, "not_found", "This address does not exist; see /openapi/v1.json.", null),
        405 => Create(405, "method_not_allowed", "This address does not support the method; see Allow.", null),
        408 => Create(408, "request_timeout", "The body arrived too slowly.", null),
        413 => Create(413, "too_large", "The body is larger than 64 KiB.", null),
        414 => Create(414, "address_too_long", "The address is longer than 8 KiB.", null),
        415 => Create(415, "unsupported_media_type", "Content-Type must be application/json.", null),
        431 => Create(431, "headers_too_large", "The headers are larger than 32 KiB, or more than 100.", null),
        _ => null,
    };

    // The message of the exception is not used: it may quote the body.
    private static Problem FromMalformedBody(JsonException e)
    {
        string field = e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
            ? path[2..]
            : "body";
        return Create(400, "invalid_request", string.Create(CultureInfo.InvariantCulture,
            $"The body is invalid: {field} in line {e.LineNumber + 1} is malformed, out of range, duplicated or of "
            + $"another type."), field);
    }

    private static Problem LogUnexpected(ILogger logger, HttpContext context, Exception e)
    {
        LogUnexpected(logger, context.Request.Method, context.GetEndpoint()?.DisplayName, e);
        return Create(500, "internal", "An unexpected error occurred and was logged. Try again later.", null);
    }

    private static Problem Create(int status, string code, string detail, string? field) =>
        new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code, field);

    private static Task WriteAsync(HttpContext context, Problem problem)
    {
        // Headers that the endpoint has set belong to a response that is discarded. Those of limits and routing stay.
        var retryAfter = context.Response.Headers.RetryAfter;
        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        context.Response.Headers.RetryAfter = retryAfter;
        context.Response.Headers.Allow = allow;
        if (problem.Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        context.Response.StatusCode = problem.Status;
        context.Features.Set(problem);
        context.CountRefusal(problem);
        return context.Response.WriteAsJsonAsync(
            problem, JsonExtensions.Answers.Problem, "application/problem+json", context.RequestAborted);
    }

    [LoggerMessage(2, LogLevel.Error, "{Method} {Endpoint} failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, string method, string? endpoint, Exception e);

    [LoggerMessage(14, LogLevel.Warning, "{Method} {Endpoint} is unavailable: {Reason}")]
    private static partial void LogOlder(ILogger logger, string method, string? endpoint, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Method} {Endpoint} is unavailable: PostgreSQL answered {State}: {Reason}")]
    private static partial void LogDatabase(
        ILogger logger, string method, string? endpoint, string state, string reason);
}
