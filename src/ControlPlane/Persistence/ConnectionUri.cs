using System.Globalization;
using System.Text;

namespace ControlPlane.Persistence;

/// <summary>
/// Splits libpq's connection URI into libpq's parameters, by libpq's rules: no RFC 3986, since it may name several
/// hosts. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
/// </summary>
internal static class ConnectionUri
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    // A wrong sequence must not silently become another password.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsUri(string text) => Schemes.Any(scheme => HasScheme(text, scheme));

    /// <summary>Returns the parameters in their order; the last one of a name counts, as in libpq.</summary>
    /// <exception cref="ConnectionUriException">The text is malformed.</exception>
    public static IEnumerable<(string Name, string Value)> Split(string text)
    {
        string rest = text[Schemes.First(scheme => HasScheme(text, scheme)).Length..];
        int end = rest.AsSpan().IndexOfAny('@', '/');
        if (end >= 0 && rest[end] == '@')
        {
            string[] user = rest[..end].Split(':', 2);
            yield return ("user", Decode(user[0]));
            yield return ("password", Decode(user.ElementAtOrDefault(1) ?? ""));
            rest = rest[(end + 1)..];
        }

        int path = rest.AsSpan().IndexOfAny('/', '?');
        string hosts = path < 0 ? rest : rest[..path];
        rest = path < 0 ? "" : rest[path..];
        if (hosts.Length > 0)
        {
            var split = hosts.Split(',').Select(SplitHost).ToList();
            yield return ("host", string.Join(',', split.Select(host => host.Host)));
            yield return ("port", string.Join(',', split.Select(host => host.Port)));
        }

        string[] parts = rest.Split('?', 2);
        yield return ("dbname", Decode(parts[0].TrimStart('/')));
        foreach (string pair in (parts.ElementAtOrDefault(1) ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return pair.Split('=', 2) is [{ Length: > 0 } name, var value]
                ? (Decode(name), Decode(value))
                : throw new ConnectionUriException("a parameter without a value", "name=value, joined by &");
        }
    }

    private static bool HasScheme(string text, string scheme) =>
        text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);

    private static (string Host, string Port) SplitHost(string text)
    {
        if (!text.StartsWith('['))
        {
            string[] parts = text.Split(':', 2);
            return (Decode(parts[0]), parts.ElementAtOrDefault(1) ?? "");
        }

        int end = text.IndexOf(']', StringComparison.Ordinal);
        if (end < 0)
        {
            throw new ConnectionUriException("a [ without its ]", "an IPv6 address as [::1]");
        }

        string rest = text[(end + 1)..];
        return rest is "" || rest.StartsWith(':')
            ? (text[1..end], rest.TrimStart(':'))
            : throw new ConnectionUriException("text after ]", "a port after a colon, or nothing");
    }

    private static string Decode(string text)
    {
        var bytes = new List<byte>();
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes.Add(encoded[i]);
            }
            else if (i + 2 < encoded.Length && byte.TryParse(
                encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                bytes.Add(value != 0 ? value : throw new ConnectionUriException("a zero byte", "text"));
                i += 2;
            }
            else
            {
                throw new ConnectionUriException(
                    "a % that two hexadecimal digits do not follow", "%25 for a percent sign");
            }
        }

        try
        {
            return Utf8.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw new ConnectionUriException("an encoded part that is no UTF-8", "percent-encoded UTF-8");
        }
    }
}

/// <summary>A part of a connection URI cannot be honoured.</summary>
/// <param name="found">The part, without any secret.</param>
/// <param name="expected">The expected value.</param>
internal sealed class ConnectionUriException(string found, string expected) : Exception
{
    public string Found { get; } = found;

    public string Expected { get; } = expected;
}
