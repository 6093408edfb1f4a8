using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Worker.Commands;

namespace Worker.Systems.Keycloak.Login;

/// <summary>
/// Logs in as a user without a browser: the authorization code flow with PKCE (RFC 7636) through the realm's login
/// form. No client needs direct access grants for it.
/// </summary>
/// <param name="http">A client of <see cref="LoginHttp"/>.</param>
/// <param name="issuer">The issuer of the realm, such as http://127.0.0.1:8080/realms/platform.</param>
/// <param name="clientId">A public client of the realm.</param>
/// <param name="redirectUri">
/// A redirect URI that the client allows. It is never requested: the code is read from the redirect.
/// </param>
internal sealed class AuthorizationCodeLogin(HttpClient http, string issuer, string clientId, Uri redirectUri)
{
    private readonly string verifier = RandomText();
    private readonly string state = RandomText();

    /// <param name="username">The name of the user.</param>
    /// <param name="password">The password, which may be a temporary one.</param>
    /// <param name="createNewPassword">
    /// Called for a new password, before it is sent, when the realm requires a password change. Null: the login then
    /// fails.
    /// </param>
    /// <param name="cancellationToken">Cancels the login.</param>
    /// <returns>The access token.</returns>
    /// <exception cref="CommandException">
    /// The realm refuses the login, or requires an action other than a password change.
    /// </exception>
    public async Task<string> LoginAsync(
        string username, string password, Func<Task<string>>? createNewPassword, CancellationToken cancellationToken)
    {
        var session = new BrowserSession(http, redirectUri);
        var step = await session.OpenAsync(AuthorizationUri(), cancellationToken);
        bool isPasswordSent = false, isPasswordChanged = false;
        while (step.Page is { } page)
        {
            if (page.FindForm("password-new") is { } update && !isPasswordChanged)
            {
                string newPassword = createNewPassword is null
                    ? throw new CommandException($"{issuer} requires {clientId}'s user to change the password first.")
                    : await createNewPassword();
                isPasswordChanged = true;
                step = await session.SubmitAsync(
                    page, update, [new("password-new", newPassword), new("password-confirm", newPassword)],
                    cancellationToken);
            }
            else if (page.FindForm("password") is { } login && !isPasswordSent)
            {
                isPasswordSent = true;
                step = await session.SubmitAsync(
                    page, login, [new("username", username), new("password", password)], cancellationToken);
            }
            else
            {
                throw new CommandException(
                    $"{issuer} refuses the login: {page.ErrorText ?? $"an unexpected page, '{page.Document.Title}'"}");
            }
        }

        return await RedeemAsync(Code(step.Redirect!), cancellationToken);
    }

    private Uri AuthorizationUri()
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
            : throw new CommandException($"{issuer} answered the login of {clientId} with a wrong state.");
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
        var answer = await OutsideHttp.ReadAsync<JsonObject>(KeycloakErrors.Admin, response, cancellationToken);
        return answer["access_token"]?.GetValue<string>()
            ?? throw new CommandException(
                $"{issuer} returns no token for the code: {answer["error_description"] ?? answer["error"]}");
    }

    private static string RandomText() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
