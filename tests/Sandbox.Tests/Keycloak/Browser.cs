using System.Net;
using System.Text.RegularExpressions;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// A minimal browser for logins: redirects, forms, and cookies, also Secure ones over plain HTTP to 127.0.0.1.
/// </summary>
internal sealed partial class Browser(KeycloakServer server)
{
    private readonly Dictionary<string, string> cookies = [];

    public async Task<KeycloakResponse> GetAsync(string address)
    {
        var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, address)));
        // Follows redirects within the server; the tests examine the redirect to the application.
        while (response.Status == 302
            && response.Location.StartsWith(server.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal))
            response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, response.Location));
        return response;
    }

    /// <summary>Submits the form of the page with the fields.</summary>
    public Task<KeycloakResponse> SubmitAsync(KeycloakResponse page, params (string Name, string Value)[] fields) =>
        SubmitAsync(page, () => Task.CompletedTask, fields);

    /// <summary>Sends the request, and its body only after <paramref name="beforeBody"/>.</summary>
    public async Task<KeycloakResponse> SubmitAsync(
        KeycloakResponse page, Func<Task> beforeBody, params (string Name, string Value)[] fields)
    {
        var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var response = await SendAsync(
            DelayedContent.Request(HttpMethod.Post, new Uri(server.Address, FormAction(page)), form, beforeBody));
        return response.Status == 302
            && response.Location.StartsWith(server.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            ? await GetAsync(response.Location) : response;
    }

    public Task<KeycloakResponse> SignInAsync(KeycloakResponse page, string username, string password) =>
        SubmitAsync(page, ("username", username), ("password", password), ("credentialId", ""));

    public static string FormAction(KeycloakResponse page) =>
        WebUtility.HtmlDecode(Form().Match(page.Text).Groups[1].Value);

    private async Task<KeycloakResponse> SendAsync(HttpRequestMessage request)
    {
        if (cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        var response = await server.SendAsync(request);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set.Select(cookie => cookie.Split(';')[0].Split('=', 2)))
                cookies[cookie[0]] = cookie[1];
        }
        return response;
    }

    [GeneratedRegex("<form[^>]* action=\"([^\"]*)\"")]
    private static partial Regex Form();
}
