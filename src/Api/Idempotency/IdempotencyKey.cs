using System.Buffers;
using System.Text;
using ControlPlane;

namespace Api.Idempotency;

/// <summary>
/// The value of the header <c>Idempotency-Key</c>: a string in quotes, as the draft has it, or the same without quotes,
/// as many clients send it. See https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
/// </summary>
public static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    // Sign-ups are anonymous: a key that others can guess could be used up by them.
    public const int MinLength = 16;
    public const int MaxLength = 255;

    private static readonly SearchValues<char> Bare = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=:");

    /// <exception cref="ControlPlaneException"><c>invalid_request</c>: not one key of the expected form.</exception>
    public static string Parse(IReadOnlyList<string?> values) =>
        values is [{ } text] && FindValue(text.Trim()) is { Length: >= MinLength and <= MaxLength } key
            ? key
            : throw ControlPlaneException.Invalid(Header,
                $"{Header} is malformed: one random value of {MinLength} to {MaxLength} characters is expected, such "
                + "as a UUID.");

    private static string? FindValue(string text) => text switch
    {
        ['"', .. var quoted, '"'] => Unescape(quoted),
        _ => text.AsSpan().ContainsAnyExcept(Bare) ? null : text,
    };

    // https://www.rfc-editor.org/rfc/rfc9651#section-3.3.3
    private static string? Unescape(string quoted)
    {
        var value = new StringBuilder(quoted.Length);
        for (int i = 0; i < quoted.Length; i++)
        {
            char c = quoted[i];
            if (c == '\\')
            {
                c = ++i < quoted.Length && quoted[i] is '"' or '\\' ? quoted[i] : '\0';
            }
            else if (c == '"')
            {
                return null;
            }

            if (c is < ' ' or > '~')
            {
                return null;
            }

            value.Append(c);
        }

        return value.ToString();
    }
}
