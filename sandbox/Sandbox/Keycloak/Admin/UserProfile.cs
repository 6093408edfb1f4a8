using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>A realm's rules for user attributes, as they apply to an administrator.</summary>
internal sealed partial class UserProfile
{
    private static readonly string[] BuiltIn = ["username", "email", "firstName", "lastName"];

    private readonly Dictionary<string, Document> attributes;
    private readonly string? unmanaged;

    private UserProfile(Document document)
    {
        attributes = document.Items("attributes").ToDictionary(attribute => attribute.Text("name")!);
        unmanaged = document.Text("unmanagedAttributePolicy");
    }

    public static UserProfile Of(Realm realm) => new(realm.UserProfile);

    /// <summary>The attributes that an administrator may see.</summary>
    public Document Visible(Document all) => Only(all, name =>
        attributes.TryGetValue(name, out var attribute)
            ? Allows(attribute, "view") || Allows(attribute, "edit")
            : unmanaged is not null);

    /// <summary>The attributes of a request that are stored; undeclared ones are dropped silently.</summary>
    public Document Accepted(Document sent) => Only(sent, name =>
        !BuiltIn.Contains(name)
        && (attributes.TryGetValue(name, out var attribute)
            ? Allows(attribute, "edit") : unmanaged is "ENABLED" or "ADMIN_EDIT"));

    /// <summary>The names of the missing attributes that the user must enter before a login completes.</summary>
    public IReadOnlyList<string> MissingFor(User user) =>
    [
        .. attributes.Values
            .Where(attribute => IsRequiredFrom(attribute, "user"))
            .Select(attribute => attribute.Text("name")!)
            .Where(name => user.Values(name).All(string.IsNullOrWhiteSpace)),
    ];

    /// <exception cref="Refusal">400: lists each invalid field.</exception>
    public void Validate(User user)
    {
        var errors = attributes.Values.SelectMany(attribute => ErrorsOf(attribute, user)).ToList();
        if (errors.Count == 1)
            throw new Refusal(400, errors[0]);
        if (errors.Count > 1)
            throw new Refusal(400, new JsonObject { ["errors"] = new JsonArray([.. errors]) });
    }

    private static IEnumerable<JsonObject> ErrorsOf(Document attribute, User user)
    {
        var name = attribute.Text("name")!;
        var values = user.Values(name).Where(value => value.Length > 0).ToList();
        if (values.Count == 0)
        {
            if (IsRequiredFrom(attribute, "admin") && user.ServiceAccountOf is null)
                yield return Error(name, "error-user-attribute-required");
            yield break;
        }
        var rules = attribute.Section("validations");
        foreach (var value in values)
        {
            foreach (var rule in rules.Names)
            {
                if (Break(name, value, rule, rules.Section(rule)) is { } error)
                    yield return error;
            }
        }
    }

    private static JsonObject? Break(string name, string value, string rule, Document options) => rule switch
    {
        "length" when !HasLength(value, options) => Error(name, "error-invalid-length", Limits(options)),
        "email" when !Email().IsMatch(value) => Error(name, "error-invalid-email", value),
        "person-name-prohibited-characters" when PersonProhibited().IsMatch(value) =>
            Error(name, "error-person-name-invalid-character", value),
        "username-prohibited-characters" when UsernameProhibited().IsMatch(value) =>
            Error(name, "error-username-invalid-character", value),
        "pattern" when options.Text("pattern") is { } pattern && !Regex.IsMatch(value, $"^(?:{pattern})$") =>
            Error(name, "error-pattern-no-match", value),
        "options" when options.Texts("options") is { Count: > 0 } known && !known.Contains(value) =>
            Error(name, "error-invalid-value", value),
        _ => null,
    };

    private static bool HasLength(string value, Document options) =>
        (!options.Has("min") || value.Length >= int.Parse(options.Text("min")!, CultureInfo.InvariantCulture))
        && (!options.Has("max") || value.Length <= int.Parse(options.Text("max")!, CultureInfo.InvariantCulture));

    private static JsonNode?[] Limits(Document options) =>
    [
        JsonValue.Create(options.Has("min") ? int.Parse(options.Text("min")!, CultureInfo.InvariantCulture) : 0),
        JsonValue.Create(options.Has("max")
            ? int.Parse(options.Text("max")!, CultureInfo.InvariantCulture) : int.MaxValue),
    ];

    public static JsonObject Error(string field, string message, params JsonNode?[] parameters) => new()
    {
        ["field"] = field,
        ["errorMessage"] = message,
        ["params"] = new JsonArray([JsonValue.Create(field), .. parameters]),
    };

    private static Document Only(Document all, Func<string, bool> wanted)
    {
        var kept = new JsonObject();
        foreach (var name in all.Names.Where(wanted))
        {
            if (all.Texts(name) is { Count: > 0 } values)
                kept[name] = KeycloakJson.Array(values);
        }
        return Document.From(kept);
    }

    private static bool Allows(Document attribute, string what) =>
        attribute.Section("permissions").Texts(what).Contains("admin");

    private static bool IsRequiredFrom(Document attribute, string role) =>
        attribute.Has("required")
        && (attribute.Section("required").Texts("roles") is not { Count: > 0 } roles || roles.Contains(role));

    [GeneratedRegex(@"^[^\s@]+@[^\s@]+$")]
    private static partial Regex Email();

    [GeneratedRegex("[<>&\"$%!#?§;*~/\\\\|^=\\[\\]{}()\\x00-\\x1F\\x7F]")]
    private static partial Regex PersonProhibited();

    [GeneratedRegex("[<>&\"\\s$%!#?§,;:*~/\\\\|^=\\[\\]{}()`\\x00-\\x1F\\x7F]")]
    private static partial Regex UsernameProhibited();
}
