using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The userinfo endpoint: the claims about the user of a token.</summary>
internal static class UserInfoApi
{
    public static void MapUserInfo(this IEndpointRouteBuilder app) =>
        app.MapMethods("/realms/{realm}/protocol/openid-connect/userinfo", ["GET", "POST"], GetAsync);

    private static async Task<IResult> GetAsync(HttpContext context, string realm)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        var snapshot = context.GetState().Current;
        var found = snapshot.Find(realm) ?? throw KeycloakException.Error(404, "Realm does not exist");
        if (await ReadTokenAsync(context) is not { } text)
            return new Challenge(401, found, "");
        if (AccessToken.Verify(context, snapshot, text, out var reason) is not { } token || token.Realm.Id != found.Id)
            return new Challenge(401, found, ErrorDetails("invalid_token", reason));
        var scope = TokenScope.Parse(token.Client, token.Claims.GetString("scope"));
        if (!scope.IsOpenId)
            return new Challenge(403, found, ErrorDetails("insufficient_scope", "Missing openid scope"));
        Cors.AllowClientOrigins(context, token.Client);
        var roles = TokenScope.GetVisibleRoles(found, token.Client, token.User).ToList();
        var subject = new TokenSubject(found, token.Client, token.User, token.Session, roles);
        return KeycloakJson.Plain(new TokenIssuer(context, subject, scope, "").CreateUserInfo());
    }

    private static async Task<string?> ReadTokenAsync(HttpContext context)
    {
        if (context.GetBearerToken() is { } token)
            return token;
        return context.Request.HasFormContentType
            && (await context.Request.ReadFormAsync())["access_token"].ToString() is { Length: > 0 } posted
                ? posted : null;
    }

    private static string ErrorDetails(string error, string text) =>
        $", error=\"{error}\", error_description=\"{text}\"";

    private sealed class Challenge(int status, Realm realm, string details) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = "text/plain;charset=utf-8";
            httpContext.Response.ContentLength = 0;
            httpContext.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{realm.Name}\"{details}";
            return Task.CompletedTask;
        }
    }
}
