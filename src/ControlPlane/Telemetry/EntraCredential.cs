using Azure.Core;
using ControlPlane.Persistence.Entra;

namespace ControlPlane.Telemetry;

/// <summary>The tokens of this process, as the exporter of Azure Monitor asks for them.</summary>
internal sealed class EntraCredential(EntraTokens tokens) : TokenCredential
{
    /// <summary>The resource of Azure Monitor. The slash is part of it.</summary>
    public const string Resource = "https://monitor.azure.com/";

    public override async ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        var token = await tokens.GetTokenAsync(cancellationToken);
        return new AccessToken(token.Text, token.ExpiresAt);
    }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        GetTokenAsync(requestContext, cancellationToken).AsTask().GetAwaiter().GetResult();
}
