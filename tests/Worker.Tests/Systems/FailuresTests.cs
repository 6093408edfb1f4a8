using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using ControlPlane;
using ControlPlane.Settings;
using Npgsql;
using Worker.Systems;
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
        { Refusal(HttpStatusCode.TooManyRequests), "unavailable", true },
        { Refusal(HttpStatusCode.Unauthorized), "unavailable", true },
        { Refusal(HttpStatusCode.Created), "unavailable", true },
        { Refusal(HttpStatusCode.BadRequest), "refused", false },
        { Refusal(HttpStatusCode.Forbidden), "refused", false },
        { Refusal(HttpStatusCode.NotImplemented), "refused", false },
        { new PostgresException("disk full", "ERROR", "ERROR", "53100"), "unavailable", true },
        { new PostgresException("shutting down", "FATAL", "FATAL", "57P01"), "unavailable", true },
        { new PostgresException("wrong password", "FATAL", "FATAL", "28P01"), "unavailable", true },
        { new PostgresException("no such database", "FATAL", "FATAL", "3D000"), "unavailable", true },
        { new PostgresException("denied", "ERROR", "ERROR", "42501"), "refused", false },
        { new NpgsqlException("no connection"), "unavailable", true },
        { S3(HttpStatusCode.ServiceUnavailable), "unavailable", true },
        { S3(HttpStatusCode.Forbidden), "refused", false },
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
        Assert.False(Failures.Translate(Refusal(HttpStatusCode.Forbidden), retryRefusals: true).NonRetryable);
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

    private static OutsideSystemException Refusal(HttpStatusCode status) => new("Keycloak", status, "GET /", null);

    private static AmazonS3Exception S3(HttpStatusCode status) => new("refused") { StatusCode = status };
}
