using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ControlPlane.Tenants;

/// <summary>
/// The short name of a tenant: <c>^[a-z][a-z0-9]*$</c>, 2 to 10 characters by default, not reserved. All names in
/// outside systems are derived from it (<see cref="TenantResources"/>), so an instance is always valid.
/// </summary>
public readonly partial record struct TenantKey
{
    public const int MinLength = 2;
    public const int MaxLength = 10;

    /// <summary>
    /// The upper bound of the configurable limit. It follows from the longest derived name, a bucket of 63 characters.
    /// </summary>
    public const int MaxConfigurableLength = 50;

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        "admin", "api", "app", "auth", "console", "default", "internal", "keycloak", "localhost", "mail", "master",
        "minio", "novu", "operator", "platform", "postgres", "public", "redis", "root", "status", "support", "system",
        "temporal", "tenant", "test", "www");

    private readonly string? value;

    private TenantKey(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("A default TenantKey has no value.");

    /// <exception cref="ControlPlaneException">The text is not a key, or is reserved; names the field.</exception>
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

    /// <summary>Creates a key from a stored value, without validation.</summary>
    public static TenantKey FromStorage(string text) => new(text);

    public override string ToString() => Value;

    // PostgreSQL reserves names that begin with pg_; template0 and template1 are its own databases.
    private static bool IsReserved(string text) =>
        Reserved.Contains(text)
        || text.StartsWith("pg", StringComparison.Ordinal)
        || text.StartsWith("template", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z][a-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
