using ControlPlane;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tokens;

/// <summary>
/// Validates the JWTs of leads and operators: first the signature, issuer and audience, then the lifetime.
/// </summary>
internal static class JwtValidator
{
    // The maximum time that the issuer's clock may run ahead of ours.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>Reads the token without validating it. Returns null if it is not a JWT.</summary>
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

    /// <exception cref="ControlPlaneException">
    /// <c>token_invalid</c>, without the reason, which would help an attacker.
    /// </exception>
    public static async Task<JsonWebToken> ValidateAsync(string token, TokenValidationParameters parameters)
    {
        // RequireValidLifetime checks the lifetime with our own clock.
        parameters.ValidateLifetime = false;
        parameters.RequireExpirationTime = true;
        parameters.RequireSignedTokens = true;
        parameters.TryAllIssuerSigningKeys = true;
        var result = await Handler.ValidateTokenAsync(token, parameters);
        // "crit" names extensions that a recipient must understand, and none is understood here (RFC 7515, 4.1.11).
        return result is { IsValid: true, SecurityToken: JsonWebToken jwt }
            && !jwt.TryGetHeaderValue("crit", out object _)
                ? jwt
                : throw Invalid();
    }

    /// <exception cref="ControlPlaneException">
    /// <c>token_expired</c>; <c>token_invalid</c>: no expiry, or not yet valid.
    /// </exception>
    public static void RequireValidLifetime(JsonWebToken jwt, TimeProvider time, string remedy)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (jwt.ValidTo == DateTime.MinValue || jwt.ValidFrom > now + MaxClockSkew)
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
        new(ErrorCode.TokenInvalid, "The token is not valid for this address.");
}
