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
        if (sent.GetString("name") is not { Length: > 0 } name)
            throw KeycloakException.Error(400, "role has no name");
        if (realm.FindRole(name, client) is not null)
            return realm;
        return realm.With(new Role(sent.GetString("id") ?? state.NewId(), name, client?.Id)
        {
            Description = sent.GetString("description"),
            Attributes = sent.GetObject("attributes"),
        });
    }

    /// <summary>Adds the named realm and client roles to the role's composites.</summary>
    public static Realm WithComposites(Realm realm, Role role, Document composites)
    {
        var contained = composites.GetStrings("realm").Select(name => realm.FindRole(name)).Concat(
            from client in composites.GetObject("client").Names
            from name in composites.GetObject("client").GetStrings(client)
            select realm.FindClient(client) is { } found ? realm.FindRole(name, found) : null);
        var ids = contained.Select(found => found?.Id ?? throw KeycloakException.UnknownError).ToList();
        return ids.Count == 0 ? realm : realm.With(role with { Composites = role.Composites.Union(ids) });
    }

    public static JsonObject CreateRepresentation(Realm realm, Role role, bool withAttributes = false)
    {
        var representation = new JsonObject { ["id"] = role.Id, ["name"] = role.Name };
        if (role.Description is not null)
            representation["description"] = role.Description;
        representation["composite"] = !role.Composites.IsEmpty;
        representation["clientRole"] = role.ClientId is not null;
        representation["containerId"] = role.ClientId ?? realm.Id;
        if (withAttributes)
            representation["attributes"] = role.Attributes.ToObject();
        return representation;
    }
}
