using System.Text;
using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>An HTML page of a realm. It needs no scripts and works with keyboard and screen reader.</summary>
internal abstract class KeycloakPage(Realm realm) : IResult
{
    private const string Style = """
        :root { color-scheme: light dark;
          --ink: #1b1d1f; --paper: #fff; --ground: #eef1f4; --accent: #004d99; --bad: #a30000 }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #f0f0f0; --paper: #1f2225; --ground: #121415; --accent: #8ac4ff; --bad: #ff9d9d }
        }
        body { background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
          margin: 0; padding: 2rem 1rem }
        header, main { margin: 0 auto; max-width: 28rem }
        header p { font-size: 1.25rem; font-weight: 600; margin: 0 0 1rem }
        main { background: var(--paper); border-top: 4px solid var(--accent); padding: 1.5rem 2rem 2rem }
        h1 { font-size: 1.5rem; margin: 0 0 1rem }
        label { display: block; font-weight: 600; margin-top: 1rem }
        input { background: var(--paper); border: 1px solid currentColor; box-sizing: border-box; color: inherit;
          font: inherit; padding: .5rem; width: 100% }
        button { background: var(--accent); border: 0; color: var(--paper); cursor: pointer; font: inherit;
          font-weight: 600; margin-top: 1.5rem; padding: .6rem 1rem; width: 100% }
        a { color: var(--accent) }
        .error { color: var(--bad); font-weight: 600; margin: .25rem 0 0 }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
        """;

    protected Realm Realm => realm;

    protected virtual int Status => StatusCodes.Status200OK;

    protected virtual string Title => $"Sign in to {Name}";

    protected abstract string Heading { get; }

    protected abstract Html Content(HttpContext context);

    private string Name => realm.Settings.GetString("displayName") is { Length: > 0 } name ? name : realm.Name;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "text/html;charset=utf-8";
        response.Headers.ContentLanguage = "en";
        response.Headers.CacheControl = "no-store, must-revalidate, max-age=0";
        response.Headers.ContentSecurityPolicy = "frame-src 'self'; frame-ancestors 'self'; object-src 'none';";
        var page = Encoding.UTF8.GetBytes(Render(httpContext).Text);
        response.ContentLength = page.Length;
        return response.Body.WriteAsync(page).AsTask();
    }

    /// <summary>The error message of a field, linked to the field by its id; empty if there is no error.</summary>
    protected static Html ErrorMessage(string field, string? text) => text is null
        ? default
        : Html.Of($"""<p class="error" id="input-error-{field}" role="alert">{text}</p>""");

    /// <summary>The ARIA attributes of a field with an error; empty if there is no error.</summary>
    protected static Html ErrorAttributes(string field, string? error) => error is null
        ? default
        : Html.Of($" aria-invalid=\"true\" aria-describedby=\"input-error-{field}\"");

    private Html Render(HttpContext context) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Title}</title>
        <style>{new Html(Style)}</style>
        </head>
        <body>
        <header><p>{Name}</p></header>
        <main>
        <h1 id="kc-page-title">{Heading}</h1>
        {Content(context)}
        </main>
        </body>
        </html>
        """);
}
