using System.Net;
using System.Text.RegularExpressions;

namespace Sandbox.Tests.Keycloak;

/// <summary>
/// As much of a browser as a login needs: cookies (sent back to 127.0.0.1 though they are Secure), redirects, forms.
/// </summary>
internal sealed partial class Browser(KeycloakServer server)
{
    private readonly Dictionary<string, string> cookies = [];

    public async Task<Answer> GetAsync(string address)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, address)));
        // Redirects within the server are followed; the one to the application is what the tests look at.
        while (answer.Status == 302
            && answer.Location.StartsWith(server.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal))
            answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, answer.Location));
        return answer;
    }

    /// <summary>Sends the form of the page with these fields.</summary>
    public Task<Answer> SubmitAsync(Answer page, params (string Name, string Value)[] fields) =>
        SubmitAsync(page, () => Task.CompletedTask, fields);

    /// <summary>Sends the form, and its fields after something else happened.</summary>
    public async Task<Answer> SubmitAsync(
        Answer page, Func<Task> before, params (string Name, string Value)[] fields)
    {
        var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        var answer = await SendAsync(
            LateContent.Request(HttpMethod.Post, new Uri(server.Address, FormAction(page)), form, before));
        return answer.Status == 302
            && answer.Location.StartsWith(server.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            ? await GetAsync(answer.Location) : answer;
    }

    public Task<Answer> SignInAsync(Answer page, string username, string password) =>
        SubmitAsync(page, ("username", username), ("password", password), ("credentialId", ""));

    public static string FormAction(Answer page) => WebUtility.HtmlDecode(Form().Match(page.Text).Groups[1].Value);

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        if (cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        var answer = await server.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set.Select(cookie => cookie.Split(';')[0].Split('=', 2)))
                cookies[cookie[0]] = cookie[1];
        }
        return answer;
    }

    [GeneratedRegex("<form[^>]* action=\"([^\"]*)\"")]
    private static partial Regex Form();
}
