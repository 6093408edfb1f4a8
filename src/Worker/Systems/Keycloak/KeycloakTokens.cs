using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;

namespace Worker.Systems.Keycloak;

/// <summary>
/// The admin token: fetched when needed, kept until shortly before it expires, dropped when it is refused.
/// </summary>
public sealed class KeycloakTokens(IHttpClientFactory clients, KeycloakOptions options, TimeProvider time) : IDisposable
{
    public const string ClientName = "keycloak-tokens";

    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim fetching = new(1, 1);
    private (string Value, DateTimeOffset Until)? current;

    /// <exception cref="OutsideSystemException">Keycloak refuses the credentials.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await fetching.WaitAsync(cancellationToken);
        try
        {
            if (current is not { } token || token.Until <= time.GetUtcNow())
            {
                var asked = time.GetUtcNow();
                var answer = await FetchAsync(cancellationToken);
                token = (answer.AccessToken, asked + TimeSpan.FromSeconds(answer.ExpiresIn) - Margin);
                current = token;
            }

            return token.Value;
        }
        finally
        {
            fetching.Release();
        }
    }

    public void Drop() => current = null;

    public void Dispose() => fetching.Dispose();

    private async Task<TokenResponse> FetchAsync(CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(ClientName);
        using var form = new FormUrlEncodedContent(Grant());
        using var response = await http.PostAsync(
            new Uri($"{options.Url}/realms/{options.Realm}/protocol/openid-connect/token"), form, cancellationToken);
        if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
        {
            throw await CredentialsRefusedAsync(response);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await OutsideHttp.RefusalAsync(KeycloakAdmin.System, response);
        }

        return await OutsideHttp.ReadAsync<TokenResponse>(KeycloakAdmin.System, response, cancellationToken);
    }

    private async Task<OutsideSystemException> CredentialsRefusedAsync(HttpResponseMessage response)
    {
        var refusal = await OutsideHttp.RefusalAsync(KeycloakAdmin.System, response);
        string settings = options.ClientSecret is null
            ? "KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD"
            : "KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET";
        return new OutsideSystemException(
            KeycloakAdmin.System,
            refusal.Status,
            $"the credentials in {settings}",
            refusal.Reason)
        {
            RefusesCredentials = true,
        };
    }

    private Dictionary<string, string> Grant() => options.ClientSecret is { } secret
        ? new()
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = options.ClientId,
            ["client_secret"] = secret,
        }
        : new()
        {
            ["grant_type"] = "password",
            ["client_id"] = options.ClientId,
            ["username"] = options.Username!,
            ["password"] = options.Password!,
        };

    private sealed record TokenResponse(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}

/// <summary>
/// Puts the token on each call. A 401 drops it: the next try, Temporal's, comes with a fresh one (a restarted Keycloak
/// forgets its sessions).
/// </summary>
public sealed class KeycloakTokenHandler(KeycloakTokens tokens) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", await tokens.GetAsync(cancellationToken));
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            tokens.Drop();
        }

        return response;
    }
}
