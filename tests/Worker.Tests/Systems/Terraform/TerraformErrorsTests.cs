using Worker.Systems;
using Worker.Systems.Terraform;

namespace Worker.Tests.Systems.Terraform;

/// <summary>Each row of the table in docs/infrastructure-modules.md.</summary>
public sealed class TerraformErrorsTests
{
    [Theory]
    [InlineData("apply", "Error acquiring the state lock", "unavailable")]
    [InlineData("plan", "Error refreshing state: pq: the database system is starting up", "unavailable")]
    [InlineData("apply", "Failed to save state", "unavailable")]
    [InlineData("apply", "Failed to persist state to backend", "unavailable")]
    [InlineData("apply", "Saved plan is stale", "temporary")]
    [InlineData("plan", "No valid credential sources found", "credentials_refused")]
    [InlineData("apply", "creating S3 Bucket (x): operation error S3: CreateBucket, StatusCode: 403, "
        + "RequestID: 1, api error AccessDenied: Access Denied", "credentials_refused")]
    [InlineData("apply", "operation error STS: GetCallerIdentity, StatusCode: 400, api error ExpiredToken: expired",
        "credentials_refused")]
    [InlineData("plan", "unable to build authorizer for Resource Manager API: could not configure AzureCli Authorizer",
        "credentials_refused")]
    [InlineData("apply", "creating S3 Bucket (x): request send failed, dial tcp 127.0.0.1:9: connection refused",
        "unavailable")]
    [InlineData("apply", "waiting for creation: context deadline exceeded", "unavailable")]
    [InlineData("init", "Failed to query available provider packages", "unavailable")]
    [InlineData("apply", "operation error S3: PutBucketPolicy, StatusCode: 503, SlowDown", "temporary")]
    [InlineData("apply", "operation error S3: PutBucketTagging, StatusCode: 409, OperationAborted", "temporary")]
    [InlineData("apply", "the provider produced an unheard-of error", "temporary")]
    [InlineData("apply", "creating S3 Bucket (x): StatusCode: 409, BucketAlreadyExists: taken", "refused")]
    [InlineData("apply", "A resource with the ID \"/x\" already exists - to be managed via Terraform", "refused")]
    [InlineData("apply", "unexpected status 403 (403 Forbidden) with error: RequestDisallowedByPolicy: no", "refused")]
    [InlineData("plan", "Resource precondition failed", "refused")]
    [InlineData("apply", "operation error S3: PutBucketPolicy, StatusCode: 400, MalformedPolicy: x", "refused")]
    [InlineData("plan", "Reference to undeclared input variable", "refused")]
    [InlineData("init", "Unsupported argument", "refused")]
    public void An_error_has_one_class(string command, string summary, string code) =>
        Assert.Equal(code, Translate(command, 1, new TerraformDiagnostic(summary, "", "aws_s3_bucket.files")));

    [Theory]
    [InlineData(124, "unavailable")]
    [InlineData(137, "temporary")]
    [InlineData(1, "temporary")]
    public void An_exit_without_a_reason_has_a_class_too(int exitCode, string code) =>
        Assert.Equal(code, Translate("apply", exitCode));

    [Fact]
    public void A_lost_connection_decides_before_other_errors_of_the_same_run()
    {
        TerraformDiagnostic taken = new("StatusCode: 409, BucketAlreadyExists", "", "aws_s3_bucket.a"),
            lost = new("dial tcp: connection refused", "", "aws_s3_bucket.b");

        Assert.Equal("unavailable", Translate("apply", 1, taken, lost));
    }

    [Fact]
    public void The_sentence_has_no_word_of_the_provider()
    {
        var e = TerraformErrors.Create("apply", 1, [new("StatusCode: 400, key s3cr3t", "s3cr3t", "aws_s3_bucket.a")]);

        Assert.Equal("terraform apply failed at aws_s3_bucket.a: the provider refuses the content.", e.Message);
    }

    private static string? Translate(string command, int exitCode, params TerraformDiagnostic[] diagnostics) =>
        Failures.Translate(TerraformErrors.Create(command, exitCode, diagnostics)).ErrorType;
}
