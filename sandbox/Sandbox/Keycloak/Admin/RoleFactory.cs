using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Admin;

/// <summary>Creates roles and their representations.</summary>
internal static class RoleFactory
{
    /// <summary>Adds the role to the realm; an existing role stays unchanged.</summary>
    public static Realm Ensure(Realm realm, Document sent, Client? client, KeycloakState state)
    {
        if (sent.Text("name") is not { Length: > 0 } name)
            throw Refusal.Error(400, "role has no name");
        if (realm.RoleNamed(name, client) is not null)
            return realm;
        return realm.With(new Role(sent.Text("id") ?? state.NewId(), name, client?.Id)
        {
            Description = sent.Text("description"),
            Attributes = sent.Section("attributes"),
        });
    }

    /// <summary>Adds the named realm and client roles to the role's composites.</summary>
    public static Realm WithComposites(Realm realm, Role role, Document composites)
    {
        var contained = composites.Texts("realm").Select(name => realm.RoleNamed(name)).Concat(
            from client in composites.Section("client").Names
            from name in composites.Section("client").Texts(client)
            select realm.ClientNamed(client) is { } found ? realm.RoleNamed(name, found) : null);
        var ids = contained.Select(found => found?.Id ?? throw Refusal.Failed).ToList();
        return ids.Count == 0 ? realm : realm.With(role with { Composites = role.Composites.Union(ids) });
    }

    public static JsonObject Shown(Realm realm, Role role, bool attributes = false)
    {
        var shown = new JsonObject { ["id"] = role.Id, ["name"] = role.Name };
        if (role.Description is not null)
            shown["description"] = role.Description;
        shown["composite"] = !role.Composites.IsEmpty;
        shown["clientRole"] = role.ClientId is not null;
        shown["containerId"] = role.ClientId ?? realm.Id;
        if (attributes)
            shown["attributes"] = role.Attributes.ToObject();
        return shown;
    }
}
