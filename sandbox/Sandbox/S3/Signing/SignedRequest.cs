using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.S3.Signing;

/// <summary>A request with a verified signature: its account, and the expected hash of its body.</summary>
/// <param name="Signature">Seed of the chain of chunk signatures.</param>
internal sealed partial record SignedRequest(S3Account Account, Signer Signer, string Signature, string PayloadHash)
{
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(15);

    public static SignedRequest Verify(HttpRequest request, string rawPath, S3Options options, DateTimeOffset now)
    {
        if (request.Query.ContainsKey(PresignedQuery.Signature))
            return PresignedQuery.Verify(request, rawPath, options, now);
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0)
            throw S3Exception.AccessDenied();
        var match = Authorization().Match(authorization);
        if (!match.Success)
            throw Malformed("The authorization header is malformed; expected AWS4-HMAC-SHA256 with Credential, "
                + "SignedHeaders and Signature.");

        var account = FindAccount(options, match.Groups["key"].Value);
        var region = match.Groups["region"].Value;
        CheckRegion(options, region, "AuthorizationHeaderMalformed", "The authorization header is malformed");

        var date = request.Headers["x-amz-date"].ToString();
        CheckDate(date, match.Groups["day"].Value, now);
        var headers = match.Groups["headers"].Value.Split(';');
        CheckSignedHeaders(request, headers);
        var payloadHash = request.Headers["x-amz-content-sha256"].ToString();
        if (payloadHash.Length == 0)
            throw S3Exception.InvalidRequest("Missing required header for this request: x-amz-content-sha256");

        var signer = Signer.For(account.SecretKey, date, region);
        var signature = signer.SignRequest(CanonicalRequest.Of(request, rawPath, headers, payloadHash));
        if (!Signer.IsSame(signature, match.Groups["signature"].Value))
            throw Mismatch();
        return new SignedRequest(account, signer, signature, payloadHash);
    }

    public static S3Account FindAccount(S3Options options, string accessKey) =>
        options.Accounts.FirstOrDefault(account => account.AccessKey == accessKey)
        ?? throw new S3Exception(
            403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");

    public static void CheckRegion(S3Options options, string region, string code, string problem)
    {
        if (region == options.Region || options.Flavour == S3Flavour.Minio)
            return;
        throw new S3Exception(400, code, $"{problem}; the region '{region}' is wrong; expecting '{options.Region}'")
        {
            Region = options.Region,
        };
    }

    public static S3Exception Mismatch() => new(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. " +
        "Check your key and signing method.");

    private static void CheckDate(string date, string day, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParseExact(
                date,
                "yyyyMMdd'T'HHmmss'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var sent))
            throw S3Exception.AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
        if (!date.StartsWith(day, StringComparison.Ordinal))
            throw Malformed(
                "The authorization header is malformed; Invalid credential date. It must be the date of x-amz-date.");
        if ((sent - now).Duration() > MaxClockSkew)
            throw new S3Exception(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.");
    }

    // Host and x-amz-* headers must be signed: an unsigned one could have been added in transit.
    public static void CheckSignedHeaders(HttpRequest request, string[] signed)
    {
        var unsigned = request.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name is "host" || name.StartsWith("x-amz-", StringComparison.Ordinal))
            .Except(signed);
        if (unsigned.Any())
            throw S3Exception.AccessDenied("There were headers present in the request which were not signed: "
                + string.Join(", ", unsigned));
    }

    private static S3Exception Malformed(string message) => new(400, "AuthorizationHeaderMalformed", message);

    [GeneratedRegex(
        "^AWS4-HMAC-SHA256 +Credential=(?<key>[^/, ]+)/(?<day>[0-9]{8})/(?<region>[^/]+)/s3/aws4_request, *" +
        "SignedHeaders=(?<headers>[^, ]+), *Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();
}
