using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sandbox.Pages;

/// <summary>
/// HTML built from literals. Interpolated values are encoded unless they are <see cref="Html"/> themselves.
/// </summary>
internal readonly record struct Html(string Text)
{
    public static Html Of(HtmlTemplate template) => new(template.ToString());

    public static Html Concat(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Text)));
}

/// <summary>Interpolated string handler that encodes values for HTML.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlTemplate(int literalLength, int formattedCount)
{
    private readonly StringBuilder text = new(literalLength + (formattedCount * 32));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html html) => text.Append(html.Text);

    public void AppendFormatted<T>(T value) => text.Append(WebUtility.HtmlEncode(value?.ToString()));

    public override string ToString() => text.ToString();
}
