using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Representations;

namespace Sandbox.Keycloak.Admin;

/// <summary>The representation of a user in the admin API.</summary>
internal static class UserShown
{
    private static readonly string[] BriefFields =
        ["id", "username", "firstName", "lastName", "email", "emailVerified", "enabled", "createdTimestamp", "access"];

    /// <summary>
    /// <paramref name="access"/> lists the caller's rights for the user; null leaves the field out.
    /// </summary>
    public static JsonObject As(Realm realm, User user, JsonObject? access = null)
    {
        var shown = user.Settings.ToObject();
        shown["id"] = user.Id;
        shown["username"] = user.Username;
        shown["totp"] = false;
        shown["disableableCredentialTypes"] = new JsonArray();
        shown["requiredActions"] = KeycloakJson.Array(user.RequiredActions);
        shown["notBefore"] = 0;
        shown.Remove("attributes");
        var attributes = UserProfile.Of(realm).Visible(user.Attributes);
        if (attributes.Names.Any())
            shown["attributes"] = attributes.ToObject();
        shown["access"] = access;
        return shown.As("UserRepresentation");
    }

    public static JsonObject Brief(JsonObject shown)
    {
        foreach (var field in shown.Select(field => field.Key).Except(BriefFields).ToList())
            shown.Remove(field);
        return shown;
    }
}
