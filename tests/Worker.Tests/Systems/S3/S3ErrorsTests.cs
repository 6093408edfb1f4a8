using System.Net;
using Amazon.S3;
using ControlPlane;
using Worker.Systems.S3;

namespace Worker.Tests.Systems.S3;

/// <summary>The table of S3's errors. The code decides before the status.</summary>
public sealed class S3ErrorsTests
{
    [Theory]
    [InlineData(403, "InvalidAccessKeyId")]
    [InlineData(403, "SignatureDoesNotMatch")]
    [InlineData(400, "ExpiredToken")]
    [InlineData(400, "InvalidToken")]
    [InlineData(400, "TokenRefreshRequired")]
    [InlineData(403, "InvalidSecurity")]
    public void Refused_credentials_are_a_state_of_the_connection(int status, string code)
    {
        var e = Error(status, code);

        Assert.Equal((ErrorClass.Connection, true), (S3Errors.Classify(e), S3Errors.RefusesCredentials(e)));
    }

    [Theory]
    [InlineData(403, "AccessDenied", ErrorClass.Connection)]
    [InlineData(403, "AccountProblem", ErrorClass.Connection)]
    [InlineData(403, "RequestTimeTooSkewed", ErrorClass.Connection)]
    [InlineData(400, "AuthorizationHeaderMalformed", ErrorClass.Connection)]
    [InlineData(400, "TooManyBuckets", ErrorClass.Connection)]
    [InlineData(301, "PermanentRedirect", ErrorClass.Connection)]
    [InlineData(307, "TemporaryRedirect", ErrorClass.Connection)]
    [InlineData(503, "SlowDown", ErrorClass.Connection)]
    [InlineData(503, "XMinioServerNotInitialized", ErrorClass.Connection)]
    [InlineData(0, null, ErrorClass.Connection)]
    [InlineData(200, "InternalError", ErrorClass.Temporary)]
    [InlineData(400, "RequestTimeout", ErrorClass.Temporary)]
    [InlineData(409, "OperationAborted", ErrorClass.Temporary)]
    [InlineData(500, "InternalError", ErrorClass.Temporary)]
    [InlineData(507, "XMinioStorageFull", ErrorClass.Temporary)]
    [InlineData(400, "InvalidBucketName", ErrorClass.Content)]
    [InlineData(400, "MalformedXML", ErrorClass.Content)]
    [InlineData(404, "NoSuchBucket", ErrorClass.Content)]
    [InlineData(501, "NotImplemented", ErrorClass.Content)]
    public void Each_error_has_its_class(int status, string? code, ErrorClass expected)
    {
        var e = Error(status, code);

        Assert.Equal((expected, false), (S3Errors.Classify(e), S3Errors.RefusesCredentials(e)));
    }

    private static AmazonS3Exception Error(int status, string? code) =>
        new("refused") { StatusCode = (HttpStatusCode)status, ErrorCode = code };
}
