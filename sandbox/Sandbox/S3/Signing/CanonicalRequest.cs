using System.Text;

namespace Sandbox.S3.Signing;

/// <summary>
/// The canonical request, which is signed:
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
/// </summary>
internal static class CanonicalRequest
{
    public static string Of(
        HttpRequest request, string rawPath, IReadOnlyList<string> signedHeaders, string payloadHash)
    {
        var headers = string.Concat(signedHeaders.Select(name => $"{name}:{Header(request, name)}\n"));
        return string.Join(
            '\n', request.Method, Path(rawPath), Query(request), headers, string.Join(';', signedHeaders), payloadHash);
    }

    /// <summary>Percent-encodes the UTF-8 bytes except A–Z a–z 0–9 - . _ ~, as SigV4 requires.</summary>
    public static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || "-._~"u8.Contains(b))
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    private static string Path(string rawPath) =>
        string.Join('/', rawPath.Split('/').Select(segment => Encode(Uri.UnescapeDataString(segment))));

    private static string Query(HttpRequest request) => string.Join('&', request.Query
        .Where(pair => pair.Key != PresignedQuery.Signature)
        .SelectMany(
            pair => pair.Value.DefaultIfEmpty(), (pair, value) => (Name: Encode(pair.Key), Value: Encode(value ?? "")))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal)
        .ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Header(HttpRequest request, string name) => string.Join(',', request.Headers[name]
        .Select(value => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
