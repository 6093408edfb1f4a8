using System.Text;
using System.Xml.Linq;
using Sandbox.S3.Signing;

namespace Sandbox.S3.Operations;

/// <summary>One page of a listing: entries, and common prefixes, each of which groups keys up to a delimiter.</summary>
internal sealed record ListPage<T>(List<T> Entries, List<string> Prefixes, T? Last, string LastPrefix, bool IsTruncated)
    where T : class
{
    /// <param name="ordered">Entries after the marker, in the order of the listing.</param>
    public static ListPage<T> Of(
        IEnumerable<T> ordered, Func<T, string> key, string prefix, string delimiter, int limit)
    {
        var page = new ListPage<T>([], [], null, "", false);
        foreach (var entry in ordered)
        {
            var group = Group(key(entry), prefix, delimiter);
            if (group is not null && group == page.LastPrefix)
                continue;
            if (page.Entries.Count + page.Prefixes.Count == limit)
                return page with { IsTruncated = limit > 0 };
            if (group is null)
                page.Entries.Add(entry);
            else
                page.Prefixes.Add(group);
            page = page with { Last = group is null ? entry : null, LastPrefix = group ?? "" };
        }

        return page;
    }

    public IEnumerable<XElement> CommonPrefixes(S3Call call) =>
        Prefixes.Select(
            prefix => new XElement("CommonPrefixes", new XElement("Prefix", Listing.Encode(call, prefix))));

    private static string? Group(string key, string prefix, string delimiter)
    {
        var end = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return end < 0 ? null : key[..(end + delimiter.Length)];
    }
}

internal static class Listing
{
    /// <summary>
    /// Encodes a key or prefix if the client requests encoding-type=url: keys may hold characters that XML cannot.
    /// </summary>
    public static string Encode(S3Call call, string text) => call.Query("encoding-type") switch
    {
        null => text,
        "url" => CanonicalRequest.Encode(text).Replace("%2F", "/", StringComparison.Ordinal),
        var other => throw S3Exception.InvalidArgument($"Invalid Encoding Method specified in Request: '{other}'"),
    };

    /// <summary>Compares keys in S3's order: by their UTF-8 bytes.</summary>
    public static int Compare(string a, string b) =>
        Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    /// <summary>
    /// Whether a key follows the marker. A marker that ends in a delimiter is a common prefix: it covers all keys that
    /// start with it.
    /// </summary>
    public static bool IsAfter(string key, string marker, string delimiter) => Compare(key, marker) > 0
        && !(delimiter.Length > 0 && marker.EndsWith(delimiter, StringComparison.Ordinal)
            && key.StartsWith(marker, StringComparison.Ordinal));
}
