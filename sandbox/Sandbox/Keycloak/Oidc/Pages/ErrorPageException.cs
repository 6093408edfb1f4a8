using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc.Pages;

/// <summary>Ends a page request with an error page.</summary>
internal sealed class ErrorPageException(Realm realm, int status, string message) : Exception(message)
{
    public Task WriteAsync(HttpContext context) =>
        new MessagePage(realm, status, "We are sorry...", Message).ExecuteAsync(context);
}
