using System.Net;
using System.Net.Http.Headers;

namespace Worker.Systems.Keycloak;

/// <summary>
/// Adds the token to each call. A 401 invalidates the token, so that the next try uses a new one: a restarted Keycloak
/// has lost its sessions.
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
            tokens.Invalidate();
        }

        return response;
    }
}
