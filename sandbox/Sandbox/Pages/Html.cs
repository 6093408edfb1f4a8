using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sandbox.Pages;

/// <summary>
/// HTML that is safe to write: built from literals; what stands in a hole is encoded unless it is Html itself.
/// </summary>
internal readonly record struct Html(string Text)
{
    public static Html Of(HtmlTemplate template) => new(template.ToString());

    public static Html Concat(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Text)));
}

[InterpolatedStringHandler]
internal readonly struct HtmlTemplate(int literalLength, int holes)
{
    private readonly StringBuilder text = new(literalLength + (holes * 32));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html html) => text.Append(html.Text);

    public void AppendFormatted<T>(T value) => text.Append(WebUtility.HtmlEncode(value?.ToString()));

    public override string ToString() => text.ToString();
}
