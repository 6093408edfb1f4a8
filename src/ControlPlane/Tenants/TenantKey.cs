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

    private readonly string? value;

    private TenantKey(string value) => this.value = value;

    public string Value => value ?? throw new InvalidOperationException("A default TenantKey has no value.");

    /// <summary>Parses the key of a new tenant.</summary>
    /// <exception cref="ControlPlaneException">The text is not a key, or is reserved; names the field.</exception>
    public static TenantKey Parse(string? text, string field = "key", int maxLength = MaxLength)
    {
        var key = ParseExisting(text, field, maxLength);
        return ReservedKeys.Contains(key.Value) ? throw Reserved(key, field) : key;
    }

    /// <summary>Parses the key of a tenant that may be older than the reservation of its key.</summary>
    /// <exception cref="ControlPlaneException">The text is not a key; names the field.</exception>
    public static TenantKey ParseExisting(
        string? text, string field = "key", int maxLength = MaxConfigurableLength)
    {
        if (text is null || !HasForm(text) || text.Length < MinLength || text.Length > maxLength)
        {
            throw ControlPlaneException.Invalid(field,
                $"A key is {MinLength} to {maxLength} characters, a to z and 0 to 9, and begins with a letter.");
        }

        return new TenantKey(text);
    }

    /// <summary>Creates a key from a stored value, without validation.</summary>
    public static TenantKey FromStorage(string text) => new(text);

    public override string ToString() => Value;

    internal static bool HasForm(string text) => Pattern().IsMatch(text);

    internal static ControlPlaneException Reserved(TenantKey key, string field) =>
        ControlPlaneException.Invalid(field, $"The key '{key}' is reserved; choose another one.");

    [GeneratedRegex(@"\A[a-z][a-z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
