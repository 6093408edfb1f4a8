using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Representations;

namespace Sandbox.Keycloak.Admin;

/// <summary>The representation of a user in the admin API.</summary>
internal static class UserRepresentation
{
    private static readonly string[] BriefFields =
        ["id", "username", "firstName", "lastName", "email", "emailVerified", "enabled", "createdTimestamp", "access"];

    /// <summary>
    /// <paramref name="access"/> lists the caller's rights for the user; null leaves the field out.
    /// </summary>
    public static JsonObject Create(Realm realm, User user, JsonObject? access = null)
    {
        var representation = user.Settings.ToObject();
        representation["id"] = user.Id;
        representation["username"] = user.Username;
        representation["totp"] = false;
        representation["disableableCredentialTypes"] = new JsonArray();
        representation["requiredActions"] = KeycloakJson.Array(user.RequiredActions);
        representation["notBefore"] = user.NotBefore;
        representation.Remove("attributes");
        var attributes = UserProfile.For(realm).KeepVisible(user.Attributes);
        if (attributes.Names.Any())
            representation["attributes"] = attributes.ToObject();
        representation["access"] = access;
        return representation.InFieldOrder("UserRepresentation");
    }

    public static JsonObject KeepBriefFields(JsonObject representation)
    {
        foreach (var field in representation.Select(field => field.Key).Except(BriefFields).ToList())
            representation.Remove(field);
        return representation;
    }
}
