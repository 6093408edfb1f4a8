using System.Collections.Frozen;
using Amazon.Runtime;
using ControlPlane;

namespace Worker.Systems.S3;

/// <summary>
/// The classes of S3's errors, by error code and otherwise by HTTP status.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
/// AccessDenied is a missing right. A bucket of another account is no error here: <see cref="TenantBuckets"/> compares
/// with the list of our own buckets, which refused credentials cannot read.
/// </summary>
public static class S3Errors
{
    // The status of most is 400 or 403.
    private static readonly FrozenSet<string> Credentials = FrozenSet.Create(
        "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired",
        "InvalidSecurity", "MissingAuthenticationToken", "UnrecognizedClientException", "InvalidClientTokenId",
        "AuthFailure", "CredentialsNotSupported");

    private static readonly FrozenDictionary<string, ErrorClass> Table = new Dictionary<string, ErrorClass>
    {
        // The account or its region, not the bucket.
        ["AccountProblem"] = ErrorClass.Connection,
        ["AllAccessDisabled"] = ErrorClass.Connection,
        ["AuthorizationHeaderMalformed"] = ErrorClass.Connection, // signed for another region
        ["AuthorizationQueryParametersError"] = ErrorClass.Connection,
        ["NotSignedUp"] = ErrorClass.Connection,
        ["OptInRequired"] = ErrorClass.Connection,
        ["RequestTimeTooSkewed"] = ErrorClass.Connection,
        ["RequestExpired"] = ErrorClass.Connection,
        ["TooManyBuckets"] = ErrorClass.Connection,               // the account's quota
        // 400, although the connection was too slow.
        ["RequestTimeout"] = ErrorClass.Temporary,
    }.ToFrozenDictionary();

    public static ErrorClass Classify(AmazonServiceException e) => e switch
    {
        _ when RefusesCredentials(e) => ErrorClass.Connection,
        { ErrorCode: { } code } when Table.TryGetValue(code, out var known) => known,
        _ when (int)e.StatusCode < 200 => ErrorClass.Connection,
        _ => HttpErrors.ClassifyStatus(e.StatusCode),
    };

    /// <summary>Whether the access key, its secret or its session is refused.</summary>
    public static bool RefusesCredentials(AmazonServiceException e) => Credentials.Contains(e.ErrorCode ?? "");
}
