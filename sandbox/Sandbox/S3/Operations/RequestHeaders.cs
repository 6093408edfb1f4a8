namespace Sandbox.S3.Operations;

/// <summary>
/// Request headers with a function. An unsupported one is refused, since to ignore it would suggest success.
/// </summary>
internal static class RequestHeaders
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-amz-api-version", "x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type",
        "x-amz-content-sha256", "x-amz-date", "x-amz-decoded-content-length", "x-amz-expected-bucket-owner",
        "x-amz-mp-object-size", "x-amz-object-ownership", "x-amz-sdk-checksum-algorithm", "x-amz-trailer",
        "x-amz-user-agent", "x-amz-metadata-directive", "x-amz-tagging-directive", ObjectTags.HeaderName,
        CopyObject.HeaderName,
    };

    private static readonly Dictionary<string, string> KnownWithValue = new(StringComparer.OrdinalIgnoreCase)
    {
        ["x-amz-acl"] = "private",
        ["x-amz-bucket-object-lock-enabled"] = "false",
        ["x-amz-server-side-encryption"] = "AES256",
        ["x-amz-storage-class"] = "STANDARD",
    };

    private static readonly string[] StoredNames =
        ["Content-Type", "Cache-Control", "Content-Disposition", "Content-Language", "Expires"];

    public static void RefuseUnknown(HttpRequest request)
    {
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !Known.Contains(name)
                && !IsMetadata(name) && !name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)
                && KnownWithValue.GetValueOrDefault(name) != value.ToString().Trim())
                throw S3Exception.NotImplemented($"header {name}: {value}");
        }
    }

    /// <summary>Returns the headers that are stored with an object and returned with its data.</summary>
    public static Dictionary<string, string> OfObject(HttpRequest request)
    {
        var stored = request.Headers
            .Where(
                header => IsMetadata(header.Key) || StoredNames.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(
                header => IsMetadata(header.Key) ? header.Key.ToLowerInvariant() : header.Key, h => h.Value.ToString());
        var encodings = request.Headers.ContentEncoding.SelectMany(value => (value ?? "").Split(','))
            .Select(value => value.Trim()).Where(value => value is not ("aws-chunked" or ""));
        if (string.Join(',', encodings) is { Length: > 0 } encoding)
            stored["Content-Encoding"] = encoding;
        if (ObjectTags.FromHeader(request) is { } tags)
            stored[ObjectTags.HeaderName] = tags;
        stored.TryAdd("Content-Type", "binary/octet-stream");
        return stored;
    }

    private static bool IsMetadata(string name) => name.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase);
}
