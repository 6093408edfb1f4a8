using System.Text.RegularExpressions;

namespace Worker.Telemetry;

/// <summary>
/// Makes text fit for logs, journals and histories: masks mail addresses, and shortens it to one line.
/// </summary>
public static partial class Masked
{
    private const int MaxLength = 300;

    public static string Text(string text)
    {
        string masked = Address().Replace(text.ReplaceLineEndings(" "), m => Email(m.Value));
        return masked.Length <= MaxLength ? masked : masked[..MaxLength] + "…";
    }

    /// <summary><c>admin@newcompany.com</c> becomes <c>a***@newcompany.com</c>.</summary>
    public static string Email(string address)
    {
        int at = address.IndexOf('@', StringComparison.Ordinal);
        return at > 0 ? $"{address[0]}***{address[at..]}" : "***";
    }

    /// <summary>
    /// Masks the segments of a URL path. A Novu subscriber id encodes an address, and a tenant's admin may give a realm
    /// any name.
    /// </summary>
    public static string Path(string path) =>
        string.Join('/', path.Split('/').Select(
            part => Subscriber().Replace(Text(Uri.UnescapeDataString(part)), match => SubscriberId(match.Value))));

    /// <summary>Masks the address in a Novu subscriber id and keeps the part before it.</summary>
    public static string SubscriberId(string id) =>
        Subscriber().Match(id) is { Success: true, Index: 0 } match ? $"{match.Groups["tenant"].Value}-***" : "***";

    [GeneratedRegex(@"[^\s@""'<>()]+@[^\s@""'<>()]+", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex("(?<tenant>tenant-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})-[^/]+", RegexOptions.CultureInvariant)]
    private static partial Regex Subscriber();
}
