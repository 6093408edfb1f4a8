namespace Sandbox.S3;

/// <summary>An S3 error response: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html</summary>
internal sealed class S3Exception(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>The region that the caller should have named; null if the error is about something else.</summary>
    public string? Region { get; init; }

    public static S3Exception AccessDenied(string message = "Access Denied") => new(403, "AccessDenied", message);

    public static S3Exception InvalidArgument(string message) => new(400, "InvalidArgument", message);

    public static S3Exception InvalidRequest(string message) => new(400, "InvalidRequest", message);

    public static S3Exception MalformedXml() => new(
        400,
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema");

    public static S3Exception NoSuchBucket() => new(404, "NoSuchBucket", "The specified bucket does not exist");

    public static S3Exception NoSuchKey() => new(404, "NoSuchKey", "The specified key does not exist.");

    public static S3Exception NoSuchUpload() => new(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or " +
        "completed.");

    public static S3Exception NotImplemented(string what) => new(
        501,
        "NotImplemented",
        $"A header or query you provided implies functionality that is not implemented: {what}.");
}
