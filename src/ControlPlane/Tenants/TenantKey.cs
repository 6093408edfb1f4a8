using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ControlPlane.Tenants;

/// <summary>
/// A tenant's short name: <c>^[a-z][a-z0-9]*$</c>, 2 to 10 characters, not reserved. Every name in an outside system is
/// derived from it (<see cref="TenantResources"/>), so text that is no key cannot become one.
/// </summary>
public readonly partial record struct TenantKey
{
    public const int MinLength = 2;
    public const int MaxLength = 10;

    /// <summary>As far as the longest derived names (a bucket's 63 characters) allow the limit to be raised.</summary>
    public const int MaxConfigurableLength = 50;

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        "admin", "api", "app", "auth", "console", "default", "internal", "keycloak", "localhost", "mail", "master",
        "minio", "novu", "operator", "platform", "postgres", "public", "redis", "root", "status", "support", "system",
        "temporal", "tenant", "test", "www");

    private readonly string? value;

    private TenantKey(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("A default TenantKey names no tenant.");

    /// <exception cref="ControlPlaneException">Not a key, or reserved; names the field.</exception>
    public static TenantKey Parse(string? text, string field = "key", int maxLength = MaxLength)
    {
        if (text is null || !Pattern().IsMatch(text) || text.Length < MinLength || text.Length > maxLength)
        {
            throw ControlPlaneException.Invalid(field,
                $"A key is {MinLength} to {maxLength} characters, a to z and 0 to 9, and begins with a letter.");
        }

        if (IsReserved(text))
        {
            throw ControlPlaneException.Invalid(field, $"The key '{text}' is reserved; choose another one.");
        }

        return new TenantKey(text);
    }

    /// <summary>For what the database already holds.</summary>
    public static TenantKey FromStorage(string text) => new(text);

    public override string ToString() => Value;

    // PostgreSQL keeps names that begin with pg for itself, and template0/1 are its own databases.
    private static bool IsReserved(string text) =>
        Reserved.Contains(text)
        || text.StartsWith("pg", StringComparison.Ordinal)
        || text.StartsWith("template", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z][a-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
