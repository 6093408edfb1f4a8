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
    private static readonly string[] First =
    [
        "exp", "iat", "auth_time", "jti", "iss", "aud", "sub", "typ", "azp", "nonce", "sid", "at_hash", "acr",
        "allowed-origins", "realm_access", "resource_access", "scope",
    ];

    private readonly KeycloakState state = context.Keycloak();
    private readonly long now = context.Keycloak().Seconds;

    public string? Nonce { get; init; }

    /// <summary>Creates the response of the token endpoint.</summary>
    public JsonObject Answer()
    {
        var keys = state.KeysOf(subject.Realm);
        var lifespan = subject.Realm.Settings.Number("accessTokenLifespan");
        var access = Jwt.Sign(keys, AccessClaims(lifespan));
        var answer = new JsonObject { ["access_token"] = access, ["expires_in"] = lifespan };
        if (subject.Session is { } session)
        {
            var ends = Math.Min(session.Ends, now + subject.Realm.Settings.Number("ssoSessionIdleTimeout"));
            answer["refresh_expires_in"] = ends - now;
            answer["refresh_token"] = Jwt.SignInternally(keys, RefreshClaims(session, ends));
        }
        else
        {
            answer["refresh_expires_in"] = 0;
        }
        answer["token_type"] = "Bearer";
        if (scope.IsOpenId)
            answer["id_token"] = Jwt.Sign(keys, IdClaims(lifespan, access));
        answer["not-before-policy"] = 0;
        if (subject.Session is not null)
            answer["session_state"] = subject.Session.Id;
        answer["scope"] = scope.Shown;
        return answer;
    }

    /// <summary>Creates the response of the userinfo endpoint.</summary>
    public JsonObject UserInfo()
    {
        var claims = new JsonObject { ["sub"] = subject.User.Id };
        ProtocolMappers.Apply(scope.MappersOf(subject.Client), "userinfo.token.claim", subject, claims);
        return claims;
    }

    private JsonObject AccessClaims(int lifespan)
    {
        var light = subject.Client.HasLightweightTokens;
        var session = subject.Session is null ? "tr" : "on";
        var claims = Common("Bearer", lifespan, $"{session}{(light ? "lt" : "rt")}{grant}:");
        claims["scope"] = scope.Shown;
        // Without a session only the subject identifies the user, so even a lightweight token contains it.
        if (subject.Session is null)
            claims["sub"] = subject.User.Id;
        ProtocolMappers.Apply(
            scope.MappersOf(subject.Client), light ? "lightweight.claim" : "access.token.claim", subject, claims);
        return Ordered(claims);
    }

    private JsonObject IdClaims(int lifespan, string access)
    {
        var claims = Common("ID", lifespan, "");
        claims["aud"] = subject.Client.ClientId;
        claims["sub"] = subject.User.Id;
        claims["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16));
        if (Nonce is not null)
            claims["nonce"] = Nonce;
        ProtocolMappers.Apply(scope.MappersOf(subject.Client), "id.token.claim", subject, claims);
        return Ordered(claims);
    }

    private JsonObject RefreshClaims(Session session, long ends)
    {
        var claims = Common("Refresh", 0, "");
        claims["exp"] = ends;
        claims["aud"] = context.IssuerOf(subject.Realm);
        claims["sub"] = subject.User.Id;
        claims["sid"] = session.Id;
        claims["scope"] = scope.Full;
        return Ordered(claims);
    }

    private JsonObject Common(string type, int lifespan, string mark)
    {
        var claims = new JsonObject
        {
            ["exp"] = now + lifespan,
            ["iat"] = now,
            ["jti"] = mark + state.NewId(),
            ["iss"] = context.IssuerOf(subject.Realm),
            ["typ"] = type,
            ["azp"] = subject.Client.ClientId,
        };
        if (subject.Session is not null)
            claims["sid"] = subject.Session.Id;
        return claims;
    }

    private static JsonObject Ordered(JsonObject claims)
    {
        var ordered = new JsonObject();
        foreach (var name in First.Where(claims.ContainsKey).Concat(claims.Select(claim => claim.Key).Except(First)))
            ordered[name] = claims[name]!.DeepClone();
        return ordered;
    }
}
