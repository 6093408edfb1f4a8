using ControlPlane;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tokens;

/// <summary>What the two kinds of JWT have in common: signature, issuer and audience first, then the times.</summary>
internal static class JwtReading
{
    // How far the clock of whoever signed may run ahead of ours.
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>The token before anything of it is known to be true; null if it is no JWT.</summary>
    public static JsonWebToken? TryRead(string token)
    {
        try
        {
            return Handler.CanReadToken(token) ? Handler.ReadJsonWebToken(token) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    /// <exception cref="ControlPlaneException"><c>token_invalid</c>, without saying why to whoever tries.</exception>
    public static async Task<JsonWebToken> ValidateAsync(string token, TokenValidationParameters parameters)
    {
        // The times are compared to our own clock afterwards.
        parameters.ValidateLifetime = false;
        parameters.RequireExpirationTime = true;
        parameters.RequireSignedTokens = true;
        parameters.TryAllIssuerSigningKeys = true;
        var result = await Handler.ValidateTokenAsync(token, parameters);
        return result is { IsValid: true, SecurityToken: JsonWebToken jwt } ? jwt : throw Invalid();
    }

    /// <exception cref="ControlPlaneException">
    /// <c>token_expired</c>, or <c>token_invalid</c> without an expiry.
    /// </exception>
    public static void RequireInTime(JsonWebToken jwt, TimeProvider time, string remedy)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (jwt.ValidTo == DateTime.MinValue || jwt.ValidFrom > now + Ahead)
        {
            throw Invalid();
        }

        if (jwt.ValidTo <= now)
        {
            throw new ControlPlaneException(ErrorCode.TokenExpired, $"The token has expired. {remedy}");
        }
    }

    public static string? Find(JsonWebToken jwt, string claim) =>
        jwt.TryGetPayloadValue(claim, out string? value) ? value : null;

    public static ControlPlaneException Invalid() =>
        new(ErrorCode.TokenInvalid, "The token is not one that this address takes.");
}
