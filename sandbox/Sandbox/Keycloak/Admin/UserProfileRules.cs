using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>The validation and normalization of a user profile.</summary>
internal static partial class UserProfileRules
{
    private static readonly string[] Validators =
    [
        "length", "integer", "double", "email", "pattern", "uri", "local-date", "iso-date", "options", "multivalued",
        "username-prohibited-characters", "person-name-prohibited-characters", "up-username-not-idn-homograph",
    ];

    /// <summary>Fills in absent fields.</summary>
    public static Document Normalize(Document profile) => profile.With("attributes", new JsonArray([
        .. profile.GetObjects("attributes").Select(attribute => (JsonNode)(attribute.Has("multivalued")
            ? attribute : attribute.With("multivalued", false)).ToObject())]));

    /// <exception cref="KeycloakException">400: lists all errors.</exception>
    public static void Check(Document profile)
    {
        if (profile.GetString("unmanagedAttributePolicy") is not (null or "ENABLED" or "ADMIN_VIEW" or "ADMIN_EDIT"))
            throw KeycloakException.OAuthError(400, "unknown_error", "Cannot parse the JSON");
        var errors = GetErrors(profile).ToList();
        if (errors.Count > 0)
            throw KeycloakException.ErrorMessage(400, $"[{string.Join(", ", errors)}]");
    }

    private static IEnumerable<string> GetErrors(Document profile)
    {
        var attributes = profile.GetObjects("attributes").ToList();
        var names = attributes.Select(attribute => attribute.GetString("name") ?? "").ToList();
        var groups = profile.GetObjects("groups").Select(group => group.GetString("name")).ToHashSet();
        foreach (var required in (string[])["username", "email"])
        {
            if (!names.Contains(required))
                yield return $"The attribute '{required}' can not be removed";
        }
        foreach (var name in names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key))
            yield return $"Attribute configuration already exists with 'name':'{name}'";
        foreach (var name in names.Where(name => !Name().IsMatch(name)))
        {
            yield return "Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): "
                + $"{name}'";
        }
        foreach (var attribute in attributes)
        {
            if (attribute.GetString("group") is { } group && !groups.Contains(group))
                yield return $"Attribute '{attribute.GetString("name")}' references unknown group '{group}'";
            foreach (var rule in attribute.GetObject("validations").Names.Except(Validators))
                yield return $"Validator '{rule}' defined for attribute '{attribute.GetString("name")}' doesn't exist";
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9\._\-]+$")]
    private static partial Regex Name();
}
