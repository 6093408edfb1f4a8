using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Issues the tokens of a session or, without a session, of a service account.</summary>
/// <param name="grant">
/// Part of the token's id: ro (password), ac (code), rt (refresh) or cc (client credentials).
/// </param>
internal sealed class TokenIssuer(HttpContext context, TokenSubject subject, TokenScope scope, string grant)
{
    /// <summary>The order of the standard claims; other claims follow.</summary>
    private static readonly string[] ClaimOrder =
    [
        "exp", "iat", "auth_time", "jti", "iss", "aud", "sub", "typ", "azp", "nonce", "sid", "at_hash", "acr",
        "allowed-origins", "realm_access", "resource_access", "scope",
    ];

    private readonly KeycloakState state = context.GetState();
    private readonly long now = context.GetState().UnixSeconds;

    public string? Nonce { get; init; }

    /// <summary>Creates the response of the token endpoint.</summary>
    public JsonObject CreateResponse()
    {
        var keys = state.GetKeys(subject.Realm);
        var lifespan = subject.Realm.Settings.GetInt32("accessTokenLifespan");
        var access = Jwt.Sign(keys, AccessClaims(lifespan));
        var response = new JsonObject { ["access_token"] = access, ["expires_in"] = lifespan };
        if (subject.Session is { } session)
        {
            var ends = FindEnd(session);
            response["refresh_expires_in"] = ends is null ? 0 : ends - now;
            response["refresh_token"] = Jwt.SignInternally(keys, RefreshClaims(session, ends));
        }
        else
        {
            response["refresh_expires_in"] = 0;
        }
        response["token_type"] = "Bearer";
        if (scope.IsOpenId)
            response["id_token"] = Jwt.Sign(keys, IdClaims(lifespan, access));
        response["not-before-policy"] = 0;
        if (subject.Session is not null)
            response["session_state"] = subject.Session.Id;
        response["scope"] = scope.AccessTokenClaim;
        return response;
    }

    /// <summary>Creates the response of the userinfo endpoint.</summary>
    public JsonObject CreateUserInfo()
    {
        var claims = new JsonObject { ["sub"] = subject.User.Id };
        ProtocolMappers.Apply(scope.GetMappers(subject.Client), "userinfo.token.claim", subject, claims);
        return claims;
    }

    private JsonObject AccessClaims(int lifespan)
    {
        var isLightweight = subject.Client.HasLightweightTokens;
        var sessionType = subject.Session is null ? "tr" : subject.Session.IsOffline ? "of" : "on";
        var claims = CommonClaims("Bearer", lifespan, $"{sessionType}{(isLightweight ? "lt" : "rt")}{grant}:");
        claims["scope"] = scope.AccessTokenClaim;
        // Without a session only the subject identifies the user, so even a lightweight token contains it.
        if (subject.Session is null)
            claims["sub"] = subject.User.Id;
        var target = isLightweight ? "lightweight.claim" : "access.token.claim";
        ProtocolMappers.Apply(scope.GetMappers(subject.Client), target, subject, claims);
        return Sort(claims);
    }

    private JsonObject IdClaims(int lifespan, string access)
    {
        var claims = CommonClaims("ID", lifespan, "");
        claims["aud"] = subject.Client.ClientId;
        claims["sub"] = subject.User.Id;
        claims["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16));
        if (Nonce is not null)
            claims["nonce"] = Nonce;
        ProtocolMappers.Apply(scope.GetMappers(subject.Client), "id.token.claim", subject, claims);
        return Sort(claims);
    }

    /// <summary>The end of a refresh token; null for an offline token without one.</summary>
    private long? FindEnd(Session session) => session switch
    {
        { IsOffline: true, Ends: long.MaxValue } => null,
        { IsOffline: true } => session.Ends,
        _ => Math.Min(session.Ends, now + subject.Realm.Settings.GetInt32("ssoSessionIdleTimeout")),
    };

    private JsonObject RefreshClaims(Session session, long? ends)
    {
        var claims = CommonClaims(session.IsOffline ? "Offline" : "Refresh", 0, "");
        claims.Remove("exp");
        if (ends is not null)
            claims["exp"] = ends;
        claims["aud"] = context.GetIssuer(subject.Realm);
        claims["sub"] = subject.User.Id;
        claims["sid"] = session.Id;
        claims["scope"] = scope.RefreshTokenClaim;
        return Sort(claims);
    }

    private JsonObject CommonClaims(string type, int lifespan, string idPrefix)
    {
        var claims = new JsonObject
        {
            ["exp"] = now + lifespan,
            ["iat"] = now,
            ["jti"] = idPrefix + state.NewId(),
            ["iss"] = context.GetIssuer(subject.Realm),
            ["typ"] = type,
            ["azp"] = subject.Client.ClientId,
        };
        if (subject.Session is not null)
            claims["sid"] = subject.Session.Id;
        return claims;
    }

    private static JsonObject Sort(JsonObject claims)
    {
        var ordered = new JsonObject();
        var otherClaims = claims.Select(claim => claim.Key).Except(ClaimOrder);
        foreach (var name in ClaimOrder.Where(claims.ContainsKey).Concat(otherClaims))
            ordered[name] = claims[name]!.DeepClone();
        return ordered;
    }
}
