using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Worker.Commands;

namespace Worker.Systems.Keycloak.Login;

/// <summary>
/// What a browser does in a login: pages, forms, redirects and cookies of one site. Keycloak's cookies are Secure also
/// over plain http to a loopback address, where a browser sends them back and .NET's cookie container does not.
/// </summary>
/// <param name="leave">A redirect to an address that begins so is not followed: the session ends there.</param>
internal sealed class BrowserSession(HttpClient http, Uri leave)
{
    private const int MaxRedirects = 10;

    private readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);
    private readonly HtmlParser parser = new();

    public Task<Step> OpenAsync(Uri address, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);

    /// <summary>Sends a form with its hidden fields and those that are filled in here.</summary>
    public Task<Step> SubmitAsync(
        Page page, IHtmlFormElement form, IEnumerable<KeyValuePair<string, string>> filled,
        CancellationToken cancellationToken)
    {
        var fields = form.QuerySelectorAll("input[type=hidden][name]").OfType<IHtmlInputElement>()
            .ToDictionary(input => input.Name!, input => input.Value, StringComparer.Ordinal);
        foreach (var (name, value) in filled)
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
            Keep(response);
            if (response.Headers.Location is null)
            {
                string html = await response.Content.ReadAsStringAsync(cancellationToken);
                return new Step(new Page(request.RequestUri!, response.StatusCode, parser.ParseDocument(html)), null);
            }

            var target = new Uri(request.RequestUri!, response.Headers.Location);
            if (target.AbsoluteUri.StartsWith(leave.AbsoluteUri, StringComparison.Ordinal))
            {
                return new Step(null, target);
            }

            next = () => new HttpRequestMessage(HttpMethod.Get, target);
        }

        throw new CommandException($"{leave.Host}: the login goes round in circles.");
    }

    private void Keep(HttpResponseMessage response)
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

    /// <summary>A page to act on, or the address that the site sent us away to.</summary>
    internal sealed record Step(Page? Page, Uri? Left);

    internal sealed record Page(Uri Address, HttpStatusCode Status, IHtmlDocument Document)
    {
        public IHtmlFormElement? FormWith(string field) =>
            Document.Forms.FirstOrDefault(form => form.QuerySelector($"input[name='{field}']") is not null);

        /// <summary>What the page says is wrong, in the site's words.</summary>
        public string? Complaint =>
            Document.QuerySelector(
                "[id^=input-error], .kc-feedback-text, .alert-error, [role=alert], #kc-error-message")
                ?.TextContent.Trim() is { Length: > 0 } text
                    ? string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                    : null;
    }
}
