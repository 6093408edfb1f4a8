using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Model;
using Sandbox.Pages;

namespace Sandbox.Keycloak.Console;

/// <summary>The pages of the console: realms, clients, users.</summary>
internal static class ConsolePages
{
    public static (string Title, Html Content)? Realms(Caller caller)
    {
        var realms = caller.Snapshot.Realms.Values
            .Where(caller.HasAccess).OrderBy(realm => realm.Name, StringComparer.Ordinal);
        return ("Keycloak sandbox: realms", Html.Of($"""
            {SignedIn(caller)}
            {Page.Table("Realms", ["Realm", "Name", "Enabled", "Clients", "Users"], realms.Select(realm => Cells(
                Link(caller, realm),
                Page.Text(realm.Settings.GetString("displayName")),
                Page.Text(realm.Enabled ? "yes" : "no"),
                Page.Text(realm.Clients.Count),
                Page.Text(GetPersons(realm).Count()))))}
            """));
    }

    public static (string Title, Html Content) RealmContents(Caller caller, Realm realm)
    {
        var defaultClients =
            Template.ReadClients(realm.Name).Select(client => client.GetString("clientId")).ToHashSet();
        var clients = realm.Clients.Values
            .OrderBy(client => client.ClientId, StringComparer.Ordinal).ToLookup(IsDefault);
        return ($"Realm {realm.Name}", Html.Of($"""
            {SignedIn(caller)}
            {BackLink(caller)}
            <p>{(realm.Enabled ? "Enabled" : "Disabled")}. Id {realm.Id}.</p>
            <h2>Clients</h2>
            {Clients("Clients", clients[false])}
            <h2>Users</h2>
            {Users(realm)}
            <h2>Clients of Keycloak itself</h2>
            {Clients("Clients that come with the realm", clients[true])}
            """));

        bool IsDefault(Client client) => defaultClients.Contains(client.ClientId)
            || (realm.IsMaster && client.ClientId.EndsWith("-realm", StringComparison.Ordinal));
    }

    public static Html BackLink(Caller caller) =>
        Html.Of($"<p><a href=\"{ConsoleApi.GetPath(caller.HomeRealm)}\">All realms</a></p>");

    private static Html Clients(string caption, IEnumerable<Client> clients) => Page.Table(
        caption, ["Client", "Protocol", "Access", "Redirect URIs", "Web origins", "PKCE"],
        clients.Select(client => Cells(
            Page.Text(client.ClientId),
            Page.Text(client.Settings.GetString("protocol")),
            Page.Text(client.Settings.GetBoolean("bearerOnly")
                ? "bearer only" : client.IsPublic ? "public" : "confidential"),
            Lines(client.Settings.GetStrings("redirectUris")),
            Lines(client.Settings.GetStrings("webOrigins")),
            Page.Text(client.RequiredChallenge))));

    private static Html Users(Realm realm) => Page.Table(
        "Users",
        ["Username", "E-mail", "First name", "Last name", "Enabled", "Roles", "Attributes", "Required actions"],
        GetPersons(realm).OrderBy(user => user.Username, StringComparer.Ordinal).Select(user => Cells(
            Page.Text(user.Username),
            Page.Text(user.Email),
            Page.Text(user.Settings.GetString("firstName")),
            Page.Text(user.Settings.GetString("lastName")),
            Page.Text(user.Enabled ? "yes" : "no"),
            Lines(user.Roles.Select(role => realm.Roles[role].Name).Order(StringComparer.Ordinal)),
            Lines(user.Attributes.Names.Select(name =>
                $"{name}: {string.Join(", ", user.Attributes.GetStrings(name))}")),
            Lines(user.RequiredActions))));

    private static IEnumerable<User> GetPersons(Realm realm) =>
        realm.Users.Values.Where(user => user.ServiceAccountOf is null);

    private static Html SignedIn(Caller caller) => Html.Of($"""
        <p>Signed in as {caller.User.Username}.
        <a href="/realms/{Uri.EscapeDataString(caller.HomeRealm.Name)}/protocol/openid-connect/logout">Sign out</a></p>
        """);

    private static Html Link(Caller caller, Realm realm)
    {
        var address = ConsoleApi.GetPath(caller.HomeRealm) + "realms/" + Uri.EscapeDataString(realm.Name);
        return Html.Of($"<a href=\"{address}\">{realm.Name}</a>");
    }

    private static Html Lines(IEnumerable<string> lines) =>
        Html.Concat(lines.Select((line, index) => Html.Of($"{new Html(index > 0 ? "<br>" : "")}{line}")));

    private static IReadOnlyList<Html> Cells(params IReadOnlyList<Html> cells) => cells;
}
