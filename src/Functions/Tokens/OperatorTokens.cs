using System.Text.Json;
using ControlPlane;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tokens;

/// <summary>
/// JWTs of operators: RS256 and nothing else, by the key set of their realm. An access token (<c>typ</c> Bearer): an ID
/// token says who somebody is, not what they may do.
/// </summary>
public sealed class OperatorTokens(OperatorTokenOptions options, OperatorKeySet keys, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">
    /// <c>token_invalid</c>, <c>token_expired</c>, <c>forbidden</c> without the role, <c>unavailable</c> without keys.
    /// </exception>
    public async Task ValidateAsync(string token, CancellationToken cancellationToken)
    {
        // What cannot be ours is refused before the key set is asked, which may have to be fetched.
        if (JwtReading.TryRead(token) is not { Alg: SecurityAlgorithms.RsaSha256, Kid: { Length: > 0 } keyId } unproven
            || unproven.Issuer != options.Issuer)
        {
            throw JwtReading.Invalid();
        }

        var jwt = await JwtReading.ValidateAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKey = await keys.FindAsync(keyId, cancellationToken) ?? throw JwtReading.Invalid(),
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
        });
        if (JwtReading.Find(jwt, "typ") != "Bearer")
        {
            throw JwtReading.Invalid();
        }

        JwtReading.RequireInTime(jwt, time, "Get a new one: `token` of the worker, or log in again.");
        if (!HasRole(jwt))
        {
            throw new ControlPlaneException(ErrorCode.Forbidden,
                $"The token's user does not have the realm role '{options.Role}'.");
        }
    }

    private bool HasRole(JsonWebToken jwt) =>
        jwt.TryGetPayloadValue("realm_access", out JsonElement access)
        && access.ValueKind == JsonValueKind.Object
        && access.TryGetProperty("roles", out var roles)
        && roles.ValueKind == JsonValueKind.Array
        && roles.EnumerateArray().Any(role => role.ValueKind == JsonValueKind.String
            && role.ValueEquals(options.Role));
}
