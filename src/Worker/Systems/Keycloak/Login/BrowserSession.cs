using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Worker.Commands;

namespace Worker.Systems.Keycloak.Login;

/// <summary>
/// The part of a browser that a login needs: pages, forms, redirects and cookies of one site. Keycloak's cookies are
/// Secure even over plain HTTP to a loopback address, where a browser sends them back and .NET's cookie container does
/// not.
/// </summary>
/// <param name="http">A client of <see cref="LoginHttp"/>.</param>
/// <param name="redirectUri">A redirect to an address with this prefix is not followed and ends the session.</param>
internal sealed class BrowserSession(HttpClient http, Uri redirectUri)
{
    private const int MaxRedirects = 10;

    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);
    private readonly HtmlParser parser = new();

    public Task<Step> OpenAsync(Uri address, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);

    /// <summary>Submits a form with its hidden fields and the given values.</summary>
    public Task<Step> SubmitAsync(
        Page page, IHtmlFormElement form, IEnumerable<KeyValuePair<string, string>> values,
        CancellationToken cancellationToken)
    {
        var fields = form.QuerySelectorAll("input[type=hidden][name]").OfType<IHtmlInputElement>()
            .ToDictionary(input => input.Name!, input => input.Value, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            fields[name] = value;
        }

        var action = new Uri(page.Address, form.GetAttribute("action") ?? "");
        return SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) },
            cancellationToken);
    }

    private async Task<Step> SendAsync(Func<HttpRequestMessage> first, CancellationToken cancellationToken)
    {
        var next = first;
        for (int hop = 0; hop < MaxRedirects; hop++)
        {
            using var request = next();
            if (cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            }

            using var response = await http.SendAsync(request, cancellationToken);
            StoreCookies(response);
            if (response.Headers.Location is null)
            {
                string html = await response.Content.ReadAsStringAsync(cancellationToken);
                return new Step(new Page(request.RequestUri!, response.StatusCode, parser.ParseDocument(html)), null);
            }

            var target = new Uri(request.RequestUri!, response.Headers.Location);
            if (target.AbsoluteUri.StartsWith(redirectUri.AbsoluteUri, StringComparison.Ordinal))
            {
                return new Step(null, target);
            }

            next = () => new HttpRequestMessage(HttpMethod.Get, target);
        }

        throw new CommandException($"The login did not reach {redirectUri} after {MaxRedirects} redirects.");
    }

    private void StoreCookies(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var lines))
        {
            return;
        }

        foreach (string[] pair in lines.Select(line => line.Split(';', 2)[0].Split('=', 2)))
        {
            cookies[pair[0].Trim()] = pair.Length > 1 ? pair[1] : "";
        }
    }

    /// <summary>The next page, or the redirect that ends the session.</summary>
    internal sealed record Step(Page? Page, Uri? Redirect);

    internal sealed record Page(Uri Address, HttpStatusCode Status, IHtmlDocument Document)
    {
        public IHtmlFormElement? FindForm(string field) =>
            Document.Forms.FirstOrDefault(form => form.QuerySelector($"input[name='{field}']") is not null);

        /// <summary>The error message of the page; null without one.</summary>
        public string? ErrorText =>
            Document.QuerySelector(
                "[id^=input-error], .kc-feedback-text, .alert-error, [role=alert], #kc-error-message")
                ?.TextContent.Trim() is { Length: > 0 } text
                    ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                    : null;
    }
}
