using Microsoft.AspNetCore.Http.Features;

namespace Sandbox.S3;

/// <summary>
/// A path-style address, /bucket/key. It is taken from the raw request line, since the signature covers that.
/// </summary>
internal sealed record S3Path(string Raw, string Bucket, string Key)
{
    public static S3Path Of(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        var parts = raw.TrimStart('/').Split('/', 2);
        return new S3Path(
            raw, Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    /// <summary>Kind of the requested resource: service, bucket or object.</summary>
    public string Target => (Bucket, Key) switch
    {
        ("", _) => "service",
        (_, "") => "bucket",
        _ => "object",
    };
}
