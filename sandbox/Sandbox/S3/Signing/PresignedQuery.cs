using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.S3.Signing;

/// <summary>
/// A signature in the query, so that the address alone gives access:
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
/// </summary>
internal static partial class PresignedQuery
{
    public const string Signature = "X-Amz-Signature";

    private const int MaxSeconds = 7 * 24 * 60 * 60;

    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(15);

    public static SignedRequest Verify(HttpRequest request, string rawPath, S3Options options, DateTimeOffset now)
    {
        if (request.Headers.Authorization.Count > 0)
            throw S3Exception.InvalidArgument("Only one auth mechanism allowed");
        if (Value(request, "X-Amz-Algorithm") != "AWS4-HMAC-SHA256")
            throw Wrong("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
        var credential = Credential().Match(Value(request, "X-Amz-Credential"));
        if (!credential.Success)
            throw Wrong("Error parsing the X-Amz-Credential parameter; expected KEY/DAY/REGION/s3/aws4_request");
        var account = SignedRequest.FindAccount(options, credential.Groups["key"].Value);
        var region = credential.Groups["region"].Value;
        SignedRequest.CheckRegion(
            options, region, "AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter");
        var date = Value(request, "X-Amz-Date");
        CheckTime(date, credential.Groups["day"].Value, Value(request, "X-Amz-Expires"), now);
        var headers = Value(request, "X-Amz-SignedHeaders").Split(';');
        SignedRequest.CheckSignedHeaders(request, headers);

        const string payloadHash = "UNSIGNED-PAYLOAD";
        var signer = Signer.For(account.SecretKey, date, region);
        var signature = signer.SignRequest(CanonicalRequest.Of(request, rawPath, headers, payloadHash));
        return Signer.IsSame(signature, Value(request, Signature))
            ? new SignedRequest(account, signer, signature, payloadHash)
            : throw SignedRequest.Mismatch();
    }

    private static void CheckTime(string date, string day, string expires, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(
                date,
                "yyyyMMdd'T'HHmmss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var signed)
            || !date.StartsWith(day, StringComparison.Ordinal))
            throw Wrong("X-Amz-Date must be formatted \"yyyyMMdd'T'HHmmss'Z'\", on the day of the credential");
        if (!int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds is < 1 or > MaxSeconds)
            throw Wrong($"X-Amz-Expires must be a number of seconds from 1 to {MaxSeconds}; found '{expires}'");
        if (signed - now > MaxClockSkew)
            throw S3Exception.AccessDenied("Request is not valid yet");
        if (now > signed.AddSeconds(seconds))
            throw S3Exception.AccessDenied("Request has expired");
    }

    private static string Value(HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } value
        ? value
        : throw Wrong("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
            + $"X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters; found no {name}.");

    private static S3Exception Wrong(string message) => new(400, "AuthorizationQueryParametersError", message);

    [GeneratedRegex("^(?<key>[^/]+)/(?<day>[0-9]{8})/(?<region>[^/]+)/s3/aws4_request$")]
    private static partial Regex Credential();
}
