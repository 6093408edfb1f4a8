using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Console;

/// <summary>
/// A read-only web console at the addresses of Keycloak's own: after a login it lists the realms that the user
/// administers, and their contents.
/// </summary>
internal static class ConsoleApi
{
    public static void MapConsole(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (HttpContext context) => Results.Redirect(context.GetBaseUrl() + "/admin/"));
        app.MapGet("/admin", (HttpContext context) =>
            Results.Redirect(context.GetBaseUrl() + "/admin/master/console/"));
        app.MapGet("/admin/{realm}/console", (HttpContext context, string realm) =>
            ShowAsync(context, realm, ConsolePages.Realms));
        app.MapGet("/admin/{realm}/console/realms/{name}", (HttpContext context, string realm, string name) =>
            ShowAsync(context, realm, caller => caller.Snapshot.Find(name) is { } found && caller.HasAccess(found)
                ? ConsolePages.RealmContents(caller, found) : null));
        app.MapGet("/admin/{realm}/console/" + ConsoleLogin.RedirectPath, ConsoleLogin.Complete);
    }

    private static async Task ShowAsync(
        HttpContext context, string name, Func<Caller, (string Title, Html Content)?> page)
    {
        var realm = context.GetState().GetRealm(name);
        if (ConsoleLogin.FindCaller(context, realm) is not { } caller)
            context.Response.Redirect(ConsoleLogin.Start(context, realm));
        else if (page(caller) is var (title, content))
            await Page.WriteAsync(context.Response, title, content);
        else
            await Page.WriteAsync(context.Response, "No such realm", ConsolePages.BackLink(caller), status: 404);
    }

    public static string GetPath(Realm realm) => $"/admin/{Uri.EscapeDataString(realm.Name)}/console/";
}
