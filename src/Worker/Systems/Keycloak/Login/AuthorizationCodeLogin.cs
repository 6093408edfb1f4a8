using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Worker.Commands;

namespace Worker.Systems.Keycloak.Login;

/// <summary>
/// A person's login, done by a program: the authorization code with PKCE (RFC 7636) through the realm's own login form,
/// so that no client needs the direct grant for it.
/// </summary>
/// <param name="issuer">Of the realm, such as http://127.0.0.1:8080/realms/platform.</param>
/// <param name="clientId">A public client of it.</param>
/// <param name="redirectUri">
/// One that the client allows. It is never called: the code is read from the redirect.
/// </param>
internal sealed class AuthorizationCodeLogin(HttpClient http, string issuer, string clientId, Uri redirectUri)
{
    private readonly string verifier = Random();
    private readonly string state = Random();

    /// <param name="username">Of the user.</param>
    /// <param name="password">Of the user; it may be a temporary one.</param>
    /// <param name="replacement">
    /// Asked for the new password when the realm wants the old one changed, and called before it is sent; null: then
    /// the login is refused.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The access token.</returns>
    /// <exception cref="CommandException">
    /// The realm refuses, in its words, or asks for what a program cannot do.
    /// </exception>
    public async Task<string> LoginAsync(
        string username, string password, Func<Task<string>>? replacement, CancellationToken cancellationToken)
    {
        var session = new BrowserSession(http, redirectUri);
        var step = await session.OpenAsync(AuthorizationAddress(), cancellationToken);
        bool toldPassword = false, replaced = false;
        while (step.Page is { } page)
        {
            if (page.FormWith("password-new") is { } update && !replaced)
            {
                string next = replacement is null
                    ? throw new CommandException($"{issuer} wants {clientId}'s user to choose a new password first.")
                    : await replacement();
                replaced = true;
                step = await session.SubmitAsync(
                    page, update, [new("password-new", next), new("password-confirm", next)], cancellationToken);
            }
            else if (page.FormWith("password") is { } login && !toldPassword)
            {
                toldPassword = true;
                step = await session.SubmitAsync(
                    page, login, [new("username", username), new("password", password)], cancellationToken);
            }
            else
            {
                throw new CommandException(
                    $"{issuer} refuses the login: {page.Complaint ?? $"an unexpected page, '{page.Document.Title}'"}");
            }
        }

        return await RedeemAsync(Code(step.Left!), cancellationToken);
    }

    private Uri AuthorizationAddress()
    {
        string challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return new Uri($"{issuer}/protocol/openid-connect/auth?response_type=code&scope=openid"
            + $"&client_id={Uri.EscapeDataString(clientId)}"
            + $"&redirect_uri={Uri.EscapeDataString(redirectUri.OriginalString)}"
            + $"&state={state}&code_challenge={challenge}&code_challenge_method=S256");
    }

    private string Code(Uri redirect)
    {
        var answer = redirect.Query.TrimStart('?').Split('&')
            .Select(pair => pair.Split('=', 2))
            .ToLookup(
                pair => pair[0],
                pair => Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "").Replace('+', ' '));
        if (answer["error"].FirstOrDefault() is { } error)
        {
            throw new CommandException(
                $"{issuer} refuses the login of {clientId}: {answer["error_description"].FirstOrDefault() ?? error}");
        }

        return answer["state"].FirstOrDefault() == state && answer["code"].FirstOrDefault() is { } code
            ? code
            : throw new CommandException($"{issuer} answered the login of {clientId} with a state that is not ours.");
    }

    private async Task<string> RedeemAsync(string code, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"),
            new("client_id", clientId),
            new("redirect_uri", redirectUri.OriginalString),
            new("code", code),
            new("code_verifier", verifier),
        ]);
        using var response = await http.PostAsync(
            new Uri($"{issuer}/protocol/openid-connect/token"), form, cancellationToken);
        var answer = await OutsideHttp.ReadAsync<JsonObject>(KeycloakAdmin.System, response, cancellationToken);
        return answer["access_token"]?.GetValue<string>()
            ?? throw new CommandException(
                $"{issuer} gives no token for the code: {answer["error_description"] ?? answer["error"]}");
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
