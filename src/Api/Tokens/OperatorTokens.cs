using System.Text.Json;
using ControlPlane;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tokens;

/// <summary>
/// Validates the JWTs of operators: RS256 only, with the key set of their realm. Only access tokens (<c>typ</c> Bearer)
/// are accepted: an ID token proves an identity and grants no access.
/// </summary>
public sealed class OperatorTokens(OperatorTokenOptions options, OperatorKeySet keys, TimeProvider time)
{
    /// <summary>
    /// Returns the caller, whose role is still to be checked (<see cref="OperatorCaller.RequireRole"/>).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="allowsApplications">Whether the role of applications is enough, too.</param>
    /// <param name="cancellationToken">Ends the wait for the keys.</param>
    /// <exception cref="ControlPlaneException">
    /// <c>token_invalid</c>; <c>token_expired</c>; <c>unavailable</c>: the keys cannot be fetched.
    /// </exception>
    public async Task<OperatorCaller> ValidateAsync(
        string token, bool allowsApplications, CancellationToken cancellationToken)
    {
        // Tokens of another algorithm or issuer are refused first, so that they cause no fetch of the key set.
        if (JwtValidator.TryRead(token) is not
            {
                Alg: SecurityAlgorithms.RsaSha256, Kid: { Length: > 0 } keyId
            } untrusted
            || untrusted.Issuer != options.Issuer)
        {
            throw JwtValidator.Invalid();
        }

        var jwt = await JwtValidator.ValidateAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            IssuerSigningKey = await keys.FindAsync(keyId, cancellationToken) ?? throw JwtValidator.Invalid(),
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
        });
        if (JwtValidator.Find(jwt, "typ") != "Bearer")
        {
            throw JwtValidator.Invalid();
        }

        JwtValidator.RequireValidLifetime(jwt, time, "Get a new one with the worker's `token`, or log in again.");
        return new OperatorCaller(
            JwtValidator.Find(jwt, "sub"),
            JwtValidator.Find(jwt, "preferred_username") ?? JwtValidator.Find(jwt, "name"),
            HasRole(jwt, options.Role) || (allowsApplications && HasRole(jwt, options.ApplicationRole)) ? null
                : allowsApplications ? options.ApplicationRole
                : options.Role);
    }

    private static bool HasRole(JsonWebToken jwt, string wanted) =>
        jwt.TryGetPayloadValue("realm_access", out JsonElement access)
        && access.ValueKind == JsonValueKind.Object
        && access.TryGetProperty("roles", out var roles)
        && roles.ValueKind == JsonValueKind.Array
        && roles.EnumerateArray().Any(role => role.ValueKind == JsonValueKind.String
            && role.ValueEquals(wanted));
}

/// <param name="Sub">The subject of the token.</param>
/// <param name="Name">The login name.</param>
/// <param name="MissingRole">The realm role that the caller does not have; null for a caller who has it.</param>
public sealed record OperatorCaller(string? Sub, string? Name, string? MissingRole)
{
    /// <exception cref="ControlPlaneException"><c>forbidden</c>.</exception>
    public void RequireRole()
    {
        if (MissingRole is not null)
        {
            throw new ControlPlaneException(ErrorCode.Forbidden,
                $"The token's user does not have the realm role '{MissingRole}'.");
        }
    }
}
