using System.Reflection;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Representations;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>An authenticated request to <c>/admin/realms/{realm}/…</c> for an existing realm.</summary>
internal sealed class AdminRequest(Caller caller, Realm realm)
{
    public Caller Caller => caller;

    public Realm Realm => realm;

    public KeycloakState State => caller.State;

    public HttpContext Http => caller.Http;

    /// <summary>The realm's path, the base of the <c>Location</c> headers.</summary>
    public string RealmPath => $"/admin/realms/{Uri.EscapeDataString(realm.Name)}";

    /// <exception cref="KeycloakException">Checked in this order: 401, 404, 403.</exception>
    public static async ValueTask<AdminRequest?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var caller = (await Caller.BindAsync(context, parameter))!;
        var name = (string)context.GetRouteValue("realm")!;
        var realm = caller.Snapshot.Find(name) ?? throw KeycloakException.RealmNotFound;
        if (!caller.HomeRealm.IsMaster && caller.HomeRealm.Id != realm.Id)
            throw KeycloakException.Forbidden;
        return new AdminRequest(caller, realm);
    }

    /// <summary>Throws 403 unless the caller has at least one of the roles for the realm.</summary>
    public void RequireAnyRole(params ReadOnlySpan<string> anyOf)
    {
        if (!caller.HasAnyRole(realm, anyOf))
            throw KeycloakException.Forbidden;
    }

    /// <summary>Throws 501 if the query has one of the real server's parameters that have no effect here.</summary>
    public void RejectUnplayed(params ReadOnlySpan<string> parameters)
    {
        foreach (var name in parameters)
        {
            if (Http.Request.Query.ContainsKey(name))
                throw KeycloakException.NotImplemented($"the parameter {name} of {Http.Request.Path}");
        }
    }

    public Task<Document> ReadAsync(string representation) => RepresentationReader.ReadAsync(Http, representation);

    public Task<IReadOnlyList<Document>> ReadArrayAsync(string representation) =>
        RepresentationReader.ReadArrayAsync(Http, representation);

    /// <summary>Changes the current version of the realm; throws 500 if it was deleted in the meantime.</summary>
    public void ChangeRealm(Func<Realm, Realm> change) => State.Change(snapshot =>
        snapshot.With(change(snapshot.Realms.GetValueOrDefault(realm.Id) ?? throw KeycloakException.UnknownError)));

    public Client GetClient(string id) =>
        realm.Clients.GetValueOrDefault(id) ?? throw KeycloakException.Error(404, "Could not find client");

    public User GetUser(string id) =>
        realm.Users.GetValueOrDefault(id) ?? throw KeycloakException.Error(404, "User not found");
}
