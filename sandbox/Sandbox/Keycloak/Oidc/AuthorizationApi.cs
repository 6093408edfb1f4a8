using System.Globalization;
using Microsoft.Extensions.Primitives;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc.Pages;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The authorization endpoint: validates the request, then shows the login page or redirects back.</summary>
internal static class AuthorizationApi
{
    private static readonly string[] Unplayed =
        ["acr_values", "claims", "dpop_jkt", "kc_action", "request", "request_uri"];

    public static void MapAuthorization(this IEndpointRouteBuilder app)
    {
        app.MapGet("/realms/{realm}/protocol/openid-connect/auth", (HttpContext context, string realm) =>
            Authorize(context, realm, context.Request.Query.ToDictionary()));
        app.MapPost("/realms/{realm}/protocol/openid-connect/auth", async (HttpContext context, string realm) =>
            Authorize(context, realm, (await context.Request.ReadFormAsync()).ToDictionary()));
    }

    private static IResult Authorize(HttpContext context, string realmName, Dictionary<string, StringValues> fields)
    {
        var realm = LoginRealm.Find(context, realmName);
        var (client, request) = ReadRequest(context, realm, name =>
            fields.TryGetValue(name, out var value) && value.Count > 0
                ? value.ToString() is { Length: > 0 } text ? text : null : null);
        if (fields.TryGetValue("max_age", out var age))
            request = request with { MaxAge = ReadMaxAge(realm, age.ToString()) };
        if (FindError(context, realm, client, request) is { } error)
            return Results.Redirect(error);
        if (Unplayed.FirstOrDefault(fields.ContainsKey) is { } unplayed)
            throw KeycloakException.NotImplemented($"the parameter {unplayed} of a login");
        if (request.Prompts.Contains("create"))
            throw KeycloakException.NotImplemented("the registration of users (prompt=create)");
        var session = LoginCookies.FindSession(context, realm);
        var user = session is null ? null : realm.Users.GetValueOrDefault(session.UserId);
        var isSignedIn = session is not null && user is { Enabled: true };
        var isRepeated = isSignedIn && request.NeedsLogin(session!, context.GetState().UnixSeconds);
        if (isSignedIn && !isRepeated && Logins.GetPendingActions(realm, user!).Count == 0)
            return Results.Redirect(LoginFlow.IssueCode(context, realm, request, session!));
        if (request.Prompts.Contains("none"))
            return Results.Redirect(request.GetErrorRedirect(context, realm, "login_required"));
        var state = context.GetState();
        var attempt = state.PendingLogins.Start(state, realm, request, LoginCookies.GetBrowserId(context));
        if (isRepeated)
            attempt = state.PendingLogins.Save(attempt with { Repeated = new(session!.Id, user!.Username) });
        LoginCookies.SetAttempt(context, realm, attempt);
        return new LoginPage(realm, attempt) { Username = request.LoginHint };
    }

    private static int ReadMaxAge(Realm realm, string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var age)
            ? age : throw new ErrorPageException(realm, 400, "Invalid Request");

    private static (Client Client, AuthorizationRequest Request) ReadRequest(
        HttpContext context, Realm realm, Func<string, string?> field)
    {
        if (field("client_id") is not { } clientId)
            throw new ErrorPageException(realm, 400, "Invalid Request");
        var client = realm.FindClient(clientId) ?? throw new ErrorPageException(realm, 400, "Client not found.");
        if (!client.Enabled)
            throw new ErrorPageException(realm, 400, "Client disabled.");
        if (client.Settings.GetBoolean("bearerOnly"))
        {
            throw new ErrorPageException(
                realm, 403, "Bearer-only applications are not allowed to initiate browser login");
        }
        if (!RedirectUris.IsAllowed(context.GetBaseUrl(), client, field("redirect_uri")))
            throw new ErrorPageException(realm, 400, "Invalid parameter: redirect_uri");
        return (client, new AuthorizationRequest(clientId, field("redirect_uri")!)
        {
            ResponseType = field("response_type"),
            ResponseMode = field("response_mode"),
            State = field("state"),
            Nonce = field("nonce"),
            Scope = field("scope"),
            Challenge = field("code_challenge"),
            ChallengeMethod = field("code_challenge_method"),
            Prompt = field("prompt"),
            LoginHint = field("login_hint"),
        });
    }

    /// <summary>Returns the redirect that reports the first error of the request, or null if it is valid.</summary>
    private static string? FindError(HttpContext context, Realm realm, Client client, AuthorizationRequest request)
    {
        if (request.ResponseType is null)
            return request.GetErrorRedirect(context, realm, "invalid_request", "Missing parameter: response_type");
        if (request.ResponseType is "token" or "id_token" or "id_token token")
            return request.GetErrorRedirect(context, realm, "unauthorized_client", FlowDisabled("Implicit"));
        if (request.ResponseType != "code")
            return request.GetErrorRedirect(context, realm, "unsupported_response_type");
        if (!client.Settings.GetBoolean("standardFlowEnabled"))
            return request.GetErrorRedirect(context, realm, "unauthorized_client", FlowDisabled("Standard"));
        if (request.ResponseMode is "form_post" or "jwt" or "query.jwt" or "fragment.jwt" or "form_post.jwt")
            throw KeycloakException.NotImplemented($"the response mode {request.ResponseMode}");
        if (request.ResponseMode is not (null or "query" or "fragment"))
            return request.GetErrorRedirect(context, realm, "invalid_request", "Invalid parameter: response_mode");
        if (!TokenScope.IsAllowed(client, request.Scope))
            return request.GetErrorRedirect(context, realm, "invalid_scope", $"Invalid scopes: {request.Scope}");
        return Pkce.ValidateChallenge(client, request) is { } error
            ? request.GetErrorRedirect(context, realm, "invalid_request", error) : null;
    }

    private static string FlowDisabled(string flow) =>
        "Client is not allowed to initiate browser login with given response_type. "
        + $"{flow} flow is disabled for the client.";
}
