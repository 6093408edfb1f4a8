using System.Text.RegularExpressions;

namespace Worker;

/// <summary>
/// Text fit for logs, journals and histories: mail addresses are masked, and it is no longer than a line.
/// </summary>
public static partial class Masked
{
    private const int MostLength = 300;

    public static string Text(string text)
    {
        string masked = Address().Replace(text.ReplaceLineEndings(" "), m => Email(m.Value));
        return masked.Length <= MostLength ? masked : masked[..MostLength] + "…";
    }

    /// <summary><c>admin@newcompany.com</c> becomes <c>a***@newcompany.com</c>.</summary>
    public static string Email(string address)
    {
        int at = address.IndexOf('@', StringComparison.Ordinal);
        return at > 0 ? $"{address[0]}***{address[at..]}" : "***";
    }

    [GeneratedRegex(@"[^\s@""'<>()]+@[^\s@""'<>()]+", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
