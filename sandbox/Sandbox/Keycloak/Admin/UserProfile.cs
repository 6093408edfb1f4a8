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
    private readonly string? unmanagedPolicy;

    private UserProfile(Document document)
    {
        attributes = document.GetObjects("attributes").ToDictionary(attribute => attribute.GetString("name")!);
        unmanagedPolicy = document.GetString("unmanagedAttributePolicy");
    }

    public static UserProfile For(Realm realm) => new(realm.UserProfile);

    /// <summary>The attributes that an administrator may see.</summary>
    public Document KeepVisible(Document all) => Filter(all, name =>
        attributes.TryGetValue(name, out var attribute)
            ? Allows(attribute, "view") || Allows(attribute, "edit")
            : unmanagedPolicy is not null);

    /// <summary>The attributes of a request that are stored; undeclared ones are dropped silently.</summary>
    public Document KeepEditable(Document sent) => Filter(sent, name =>
        !BuiltIn.Contains(name)
        && (attributes.TryGetValue(name, out var attribute)
            ? Allows(attribute, "edit") : unmanagedPolicy is "ENABLED" or "ADMIN_EDIT"));

    /// <summary>
    /// The attributes that the user must enter or correct before a login completes, with the text of the login page.
    /// The user name is not among them: a user cannot change it.
    /// </summary>
    public IReadOnlyDictionary<string, string> GetInvalidAttributes(User user) => attributes.Values
        .Where(attribute => attribute.GetString("name") != "username" && Allows(attribute, "edit", "user"))
        .Select(attribute => (Name: attribute.GetString("name")!, Problem: FindProblem(attribute, user)))
        .Where(found => found.Problem is not null)
        .ToDictionary(found => found.Name, found => found.Problem!);

    private static string? FindProblem(Document attribute, User user)
    {
        if (user.Values(attribute.GetString("name")!).All(string.IsNullOrWhiteSpace))
            return IsRequiredFor(attribute, "user") ? "Please specify this field." : null;
        return GetErrors(attribute, user).FirstOrDefault() is not { } error ? null
            : error["errorMessage"]!.GetValue<string>() switch
            {
                "error-pattern-no-match" => "Invalid value.",
                "error-invalid-email" => "Invalid email address.",
                "error-invalid-length" => "Invalid length.",
                "error-person-name-invalid-character" => "Name contains invalid character.",
                var custom => custom,
            };
    }

    /// <exception cref="KeycloakException">400: lists each invalid field.</exception>
    public void Validate(User user)
    {
        var errors = attributes.Values.SelectMany(attribute => GetErrors(attribute, user)).ToList();
        if (errors.Count == 1)
            throw new KeycloakException(400, errors[0]);
        if (errors.Count > 1)
            throw new KeycloakException(400, new JsonObject { ["errors"] = new JsonArray([.. errors]) });
    }

    private static IEnumerable<JsonObject> GetErrors(Document attribute, User user)
    {
        var name = attribute.GetString("name")!;
        var values = user.Values(name).Where(value => value.Length > 0).ToList();
        if (values.Count == 0)
        {
            if (IsRequiredFor(attribute, "admin") && user.ServiceAccountOf is null)
                yield return Error(name, "error-user-attribute-required");
            yield break;
        }
        var rules = attribute.GetObject("validations");
        foreach (var value in values)
        {
            foreach (var rule in rules.Names)
            {
                if (CheckRule(name, value, rule, rules.GetObject(rule)) is { } error)
                    yield return error;
            }
        }
    }

    private static JsonObject? CheckRule(string name, string value, string rule, Document options) => rule switch
    {
        "length" when !HasLength(value, options) => Error(name, "error-invalid-length", GetLimits(options)),
        "email" when !Email().IsMatch(value) => Error(name, "error-invalid-email", value),
        "person-name-prohibited-characters" when PersonProhibited().IsMatch(value) =>
            Error(name, "error-person-name-invalid-character", value),
        "username-prohibited-characters" when UsernameProhibited().IsMatch(value) =>
            Error(name, "error-username-invalid-character", value),
        "pattern" when options.GetString("pattern") is { } pattern && !Regex.IsMatch(value, $"^(?:{pattern})$") =>
            Error(name, options.GetString("error-message") ?? "error-pattern-no-match", pattern),
        "options" when options.GetStrings("options") is { Count: > 0 } allowed && !allowed.Contains(value) =>
            Error(name, "error-invalid-value", value),
        _ => null,
    };

    private static bool HasLength(string value, Document options) =>
        (!options.Has("min") || value.Length >= int.Parse(options.GetString("min")!, CultureInfo.InvariantCulture))
        && (!options.Has("max") || value.Length <= int.Parse(options.GetString("max")!, CultureInfo.InvariantCulture));

    private static JsonNode?[] GetLimits(Document options) =>
    [
        JsonValue.Create(options.Has("min") ? int.Parse(options.GetString("min")!, CultureInfo.InvariantCulture) : 0),
        JsonValue.Create(options.Has("max")
            ? int.Parse(options.GetString("max")!, CultureInfo.InvariantCulture) : int.MaxValue),
    ];

    public static JsonObject Error(string field, string message, params JsonNode?[] parameters) => new()
    {
        ["field"] = field,
        ["errorMessage"] = message,
        ["params"] = new JsonArray([JsonValue.Create(field), .. parameters]),
    };

    private static Document Filter(Document all, Func<string, bool> predicate)
    {
        var filtered = new JsonObject();
        foreach (var name in all.Names.Where(predicate))
        {
            if (all.GetStrings(name) is { Count: > 0 } values)
                filtered[name] = KeycloakJson.Array(values);
        }
        return Document.From(filtered);
    }

    private static bool Allows(Document attribute, string permission, string role = "admin") =>
        attribute.GetObject("permissions").GetStrings(permission).Contains(role);

    private static bool IsRequiredFor(Document attribute, string role) =>
        attribute.Has("required")
        && (attribute.GetObject("required").GetStrings("roles") is not { Count: > 0 } roles || roles.Contains(role));

    [GeneratedRegex(@"^[^\s@]+@[^\s@]+$")]
    private static partial Regex Email();

    [GeneratedRegex("[<>&\"$%!#?§;*~/\\\\|^=\\[\\]{}()\\x00-\\x1F\\x7F]")]
    private static partial Regex PersonProhibited();

    [GeneratedRegex("[<>&\"\\s$%!#?§,;:*~/\\\\|^=\\[\\]{}()`\\x00-\\x1F\\x7F]")]
    private static partial Regex UsernameProhibited();
}
