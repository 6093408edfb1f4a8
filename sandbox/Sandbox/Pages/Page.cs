namespace Sandbox.Pages;

/// <summary>
/// Layout of the HTML pages: no scripts, no external resources, readable without styles.
/// </summary>
internal static class Page
{
    // The markup of mails is shown as is; this policy keeps it from running scripts or loading resources.
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'";

    private const string Style = """
        body { background: #fff; color: #1a1a1a; font: 1rem/1.5 system-ui, sans-serif }
        main { margin: 0 auto; max-width: 80rem; padding: 1rem }
        table { border-collapse: collapse; margin: 1rem 0; width: 100% }
        caption { font-weight: bold; text-align: left }
        th, td { border: 1px solid; padding: .3rem .6rem; text-align: left; vertical-align: top }
        td { overflow-wrap: anywhere }
        article { border: 1px solid; padding: 1rem }
        a { color: #0b4fc0 }
        a:focus-visible { outline: 3px solid }
        """;

    public static Task WriteAsync(HttpResponse response, string title, Html content, int status = 200)
    {
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        return response.WriteAsync(Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>
            <style>{new Html(Style)}</style>
            </head>
            <body>
            <main>
            <h1>{title}</h1>
            {content}
            </main>
            </body>
            </html>
            """).Text);
    }

    /// <summary>Returns a table, or a sentence if there are no rows.</summary>
    public static Html Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Html>> rows)
    {
        var lines = rows.Select(
            cells => Html.Of($"<tr>{Html.Concat(cells.Select(cell => Html.Of($"<td>{cell}</td>")))}</tr>\n"))
            .ToList();
        return lines.Count == 0
            ? Html.Of($"<p>{caption}: none yet.</p>")
            : Html.Of($"""
                <table>
                <caption>{caption}</caption>
                <thead><tr>{Html.Concat(columns.Select(name => Html.Of($"<th scope=\"col\">{name}</th>")))}</tr></thead>
                <tbody>
                {Html.Concat(lines)}</tbody>
                </table>
                """);
    }

    public static Html Text<T>(T value) => Html.Of($"{value}");
}
