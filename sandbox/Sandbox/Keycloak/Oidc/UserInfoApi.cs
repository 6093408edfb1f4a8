using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The userinfo endpoint: the claims about the user of a token.</summary>
internal static class UserInfoApi
{
    public static void MapUserInfo(this IEndpointRouteBuilder app) =>
        app.MapMethods("/realms/{realm}/protocol/openid-connect/userinfo", ["GET", "POST"], TellAsync);

    private static async Task<IResult> TellAsync(HttpContext context, string realm)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        var world = context.Keycloak().Current;
        var known = world.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
        if (await TokenOfAsync(context) is not { } text)
            return new Challenge(401, known, "");
        if (AccessToken.Verify(context, world, text, out var reason) is not { } token || token.Realm.Id != known.Id)
            return new Challenge(401, known, Description("invalid_token", reason));
        var scope = TokenScope.Parse(token.Client, token.Claims.Text("scope"));
        if (!scope.IsOpenId)
            return new Challenge(403, known, Description("insufficient_scope", "Missing openid scope"));
        Cors.AllowFor(context, token.Client);
        var roles = TokenScope.RolesIn(known, token.Client, token.User).ToList();
        var subject = new TokenSubject(known, token.Client, token.User, token.Session, roles);
        return KeycloakJson.Plain(new TokenIssuer(context, subject, scope, "").UserInfo());
    }

    private static async Task<string?> TokenOfAsync(HttpContext context)
    {
        if (context.BearerToken() is { } token)
            return token;
        return context.Request.HasFormContentType
            && (await context.Request.ReadFormAsync())["access_token"].ToString() is { Length: > 0 } posted
                ? posted : null;
    }

    private static string Description(string error, string text) =>
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
