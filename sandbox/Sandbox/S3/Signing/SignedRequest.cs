using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.S3.Signing;

/// <summary>A request whose signature is right: who sent it, and what its body must be.</summary>
/// <param name="Signature">The seed of the signatures of the body's chunks.</param>
internal sealed partial record SignedRequest(S3Account Account, Signer Signer, string Signature, string PayloadHash)
{
    /// <summary>How far a caller's clock may be off.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    public static SignedRequest Verify(HttpRequest request, string rawPath, S3Options options, DateTimeOffset now)
    {
        if (request.Query.ContainsKey("X-Amz-Signature"))
            throw S3Exception.NotImplemented("presigned addresses (X-Amz-Signature in the query)");
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0)
            throw S3Exception.AccessDenied();
        var match = Authorization().Match(authorization);
        if (!match.Success)
            throw Malformed("The authorization header is malformed; expected AWS4-HMAC-SHA256 with Credential, "
                + "SignedHeaders and Signature.");

        var account = options.Accounts.FirstOrDefault(account => account.AccessKey == match.Groups["key"].Value)
            ?? throw new S3Exception(
                403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        var region = match.Groups["region"].Value;
        if (region != options.Region && options.Flavour != S3Flavour.Minio)
            throw Malformed($"The authorization header is malformed; the region '{region}' is wrong; "
                + $"expecting '{options.Region}'");

        var date = request.Headers["x-amz-date"].ToString();
        CheckDate(date, match.Groups["day"].Value, now);
        var headers = match.Groups["headers"].Value.Split(';');
        CheckSignedHeaders(request, headers);
        var payloadHash = request.Headers["x-amz-content-sha256"].ToString();
        if (payloadHash.Length == 0)
            throw S3Exception.InvalidRequest("Missing required header for this request: x-amz-content-sha256");

        var signer = Signer.For(account.SecretKey, date, region);
        var signature = signer.SignRequest(CanonicalRequest.Of(request, rawPath, headers, payloadHash));
        if (!Signer.Same(signature, match.Groups["signature"].Value))
            throw Mismatch();
        return new SignedRequest(account, signer, signature, payloadHash);
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
        if ((sent - now).Duration() > Skew)
            throw new S3Exception(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.");
    }

    // A header that says what to do, and is not signed, could have been added on the way.
    private static void CheckSignedHeaders(HttpRequest request, string[] signed)
    {
        var forgotten = request.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name is "host" || name.StartsWith("x-amz-", StringComparison.Ordinal))
            .Except(signed);
        if (forgotten.Any())
            throw S3Exception.AccessDenied("There were headers present in the request which were not signed: "
                + string.Join(", ", forgotten));
    }

    private static S3Exception Malformed(string message) => new(400, "AuthorizationHeaderMalformed", message);

    [GeneratedRegex(
        "^AWS4-HMAC-SHA256 +Credential=(?<key>[^/, ]+)/(?<day>[0-9]{8})/(?<region>[^/]+)/s3/aws4_request, *" +
        "SignedHeaders=(?<headers>[^, ]+), *Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();
}
