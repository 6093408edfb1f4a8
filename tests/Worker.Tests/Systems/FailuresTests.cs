using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using ControlPlane;
using ControlPlane.Settings;
using Npgsql;
using Temporalio.Exceptions;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.Postgres;
using Worker.Telemetry;

namespace Worker.Tests.Systems;

/// <summary>Which failures are retried, and what a history says about them.</summary>
public sealed class FailuresTests
{
    public static TheoryData<Exception, string, bool> Table => new()
    {
        { new ControlPlaneException(ErrorCode.OwnershipConflict, "Theirs."), "ownership_conflict", false },
        { new ControlPlaneException(ErrorCode.Unavailable, "Later."), "unavailable", true },
        { new MissingSettingException("NAME", "a value"), "not_configured", false },
        { Refusal(HttpStatusCode.ServiceUnavailable), "unavailable", true },
        { Refusal(HttpStatusCode.TooManyRequests), "temporary", true },
        { Refusal(HttpStatusCode.Unauthorized), "unavailable", true },
        { Refusal(HttpStatusCode.Created), "temporary", true },
        { Refusal(HttpStatusCode.BadRequest), "refused", false },
        { Refusal(HttpStatusCode.Forbidden), "unavailable", true },
        { TokenRefusal(HttpStatusCode.Unauthorized), "credentials_refused", true },
        { Refusal(HttpStatusCode.NotImplemented), "refused", false },
        { new PostgresException("disk full", "ERROR", "ERROR", "53100"), "temporary", true },
        { new PostgresException("shutting down", "FATAL", "FATAL", "57P01"), "unavailable", true },
        { new PostgresException("wrong password", "FATAL", "FATAL", "28P01"), "credentials_refused", true },
        { new PostgresException("no such database", "FATAL", "FATAL", "3D000"), "unavailable", true },
        { new PostgresException("denied", "ERROR", "ERROR", "42501"), "unavailable", true },
        { new PostgresException("read-only", "ERROR", "ERROR", "25006"), "unavailable", true },
        { new PostgresException("no such table", "ERROR", "ERROR", "42P01"), "unavailable", true },
        { InTenantDatabase("42P01"), "refused", false },
        { InTenantDatabase("25006"), "unavailable", true },
        { new PostgresException("exists", "ERROR", "ERROR", "23505"), "refused", false },
        { new NpgsqlException("no connection"), "unavailable", true },
        { S3(HttpStatusCode.ServiceUnavailable), "unavailable", true },
        { S3(HttpStatusCode.Forbidden, "AccessDenied"), "unavailable", true },
        { S3(HttpStatusCode.Forbidden, "InvalidAccessKeyId"), "credentials_refused", true },
        { S3(HttpStatusCode.BadRequest, "InvalidBucketName"), "refused", false },
        { Temporal(RpcException.StatusCode.Unavailable), "unavailable", true },
        { Temporal(RpcException.StatusCode.PermissionDenied), "credentials_refused", true },
        { Temporal(RpcException.StatusCode.Internal), "temporary", true },
        { Temporal(RpcException.StatusCode.InvalidArgument), "refused", false },
        { new InvalidOperationException("Connection failed: refused"), "unavailable", true },
        { new HttpRequestException("no connection"), "unavailable", true },
        { new TaskCanceledException("late", new TimeoutException()), "timeout", true },
        { new CryptographicException("bad tag"), "unexpected", false },
        { new InvalidOperationException("a bug"), "unexpected", true },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_failure_has_its_code_and_is_retryable_or_not(
        Exception e, string code, bool isRetryable)
    {
        var failure = Failures.Translate(e);

        Assert.Equal((code, !isRetryable), (failure.ErrorType, failure.NonRetryable));
        Assert.Null(failure.InnerException);
    }

    [Fact]
    public void An_undo_retries_a_refusal_but_not_a_missing_setting()
    {
        Assert.False(Failures.Translate(Refusal(HttpStatusCode.BadRequest), retryRefusals: true).NonRetryable);
        Assert.True(Failures.Translate(
            new ControlPlaneException(ErrorCode.NotConfigured, "Off."), retryRefusals: true).NonRetryable);
    }

    [Fact]
    public void An_unexpected_failure_shows_only_its_type() => Assert.Equal(
        "An unexpected failure: InvalidOperationException.",
        Failures.Translate(new InvalidOperationException("password=secret")).Message);

    [Theory]
    [InlineData("User admin@newcompany.com exists", "User a***@newcompany.com exists")]
    [InlineData("nothing to hide", "nothing to hide")]
    [InlineData("two\nlines", "two lines")]
    public void Addresses_are_masked(string text, string expected) => Assert.Equal(expected, Masked.Text(text));

    private static OutsideSystemException Refusal(HttpStatusCode status) =>
        new("Keycloak", status, KeycloakErrors.Admin.Classify(status, null), "GET /", null);

    private static OutsideSystemException TokenRefusal(HttpStatusCode status) =>
        new("Keycloak", status, KeycloakErrors.Token.Classify(status, null), "the credentials", null)
        {
            RefusesCredentials = KeycloakErrors.Token.RefusesCredentials(status),
        };

    private static TenantDatabaseException InTenantDatabase(string state) =>
        new(new PostgresException("refused", "ERROR", "ERROR", state));

    private static AmazonS3Exception S3(HttpStatusCode status, string? code = null) =>
        new("refused") { StatusCode = status, ErrorCode = code };

    private static RpcException Temporal(RpcException.StatusCode status) => new(status, "refused", null);
}
