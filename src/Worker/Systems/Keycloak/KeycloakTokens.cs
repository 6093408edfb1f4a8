using System.Text.Json.Serialization;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Caches the token for the admin API: fetches it on demand and keeps it until shortly before it expires.
/// </summary>
public sealed class KeycloakTokens(IHttpClientFactory clients, KeycloakOptions options, TimeProvider time) : IDisposable
{
    public const string ClientName = "keycloak-tokens";

    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim fetchLock = new(1, 1);
    private CachedToken? current;

    /// <exception cref="OutsideSystemException">Keycloak refuses the credentials.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await fetchLock.WaitAsync(cancellationToken);
        try
        {
            if (current is not { } token || token.ExpiresAt <= time.GetUtcNow())
            {
                var requestedAt = time.GetUtcNow();
                var answer = await FetchAsync(cancellationToken);
                token = new CachedToken(
                    answer.AccessToken, requestedAt + TimeSpan.FromSeconds(answer.ExpiresIn) - ExpiryMargin);
                current = token;
            }

            return token.Value;
        }
        finally
        {
            fetchLock.Release();
        }
    }

    /// <summary>Discards the token, because Keycloak refused it.</summary>
    public void Invalidate() => current = null;

    public void Dispose() => fetchLock.Dispose();

    private async Task<TokenResponse> FetchAsync(CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(ClientName);
        using var form = new FormUrlEncodedContent(TokenRequest());
        using var response = await http.PostAsync(
            new Uri($"{options.Url}/realms/{options.Realm}/protocol/openid-connect/token"), form, cancellationToken);
        if (KeycloakErrors.Token.RefusesCredentials(response.StatusCode))
        {
            throw await CredentialsRefusedAsync(response);
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await OutsideHttp.RefusalAsync(KeycloakErrors.Token, response);
        }

        return await OutsideHttp.ReadAsync<TokenResponse>(KeycloakErrors.Token, response, cancellationToken);
    }

    private async Task<OutsideSystemException> CredentialsRefusedAsync(HttpResponseMessage response)
    {
        var refusal = await OutsideHttp.RefusalAsync(KeycloakErrors.Token, response);
        string settings = options.ClientSecret is null
            ? "KEYCLOAK_ADMIN_USERNAME and KEYCLOAK_ADMIN_PASSWORD"
            : "KEYCLOAK_ADMIN_CLIENT_ID and KEYCLOAK_ADMIN_CLIENT_SECRET";
        return new OutsideSystemException(
            KeycloakAdmin.System,
            refusal.Status,
            refusal.Class,
            $"the credentials in {settings}",
            refusal.Reason)
        {
            RefusesCredentials = true,
        };
    }

    private Dictionary<string, string> TokenRequest() => options.ClientSecret is { } secret
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

    // A reference, so that Invalidate needs no lock: a reader sees the old token or none, never a part of one.
    private sealed record CachedToken(string Value, DateTimeOffset ExpiresAt);

    private sealed record TokenResponse(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
