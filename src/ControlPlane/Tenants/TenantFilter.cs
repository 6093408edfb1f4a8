using ControlPlane.Leads;

namespace ControlPlane.Tenants;

/// <summary>The filters of the list of tenants as they came in; a tenant must match all that are given.</summary>
/// <param name="Status">A status, as answers show it.</param>
/// <param name="Key">The whole key.</param>
/// <param name="Domain">A domain in any state.</param>
/// <param name="Email">The address of a contact, in any case.</param>
/// <param name="Tier">The tier of the current attempt, by our name or that of the plan.</param>
/// <param name="Q">The beginning of the key, of a word of the name, of a domain or of a contact's address.</param>
public sealed record TenantFilterFields(
    string? Status = null, string? Key = null, string? Domain = null, string? Email = null, string? Tier = null,
    string? Q = null);

/// <summary>Checked filters; null: not given.</summary>
public sealed record TenantFilter(
    TenantStatus? Status, string? Key, string? Domain, string? Email, TenantTier? Tier, string? Text)
{
    /// <summary>The minimum length of a search text: one letter would match a large part of the tenants.</summary>
    public const int MinTextLength = 2;

    /// <exception cref="ControlPlaneException">A filter is invalid; names the parameter.</exception>
    public static TenantFilter Parse(TenantFilterFields fields) => new(
        fields.Status is null ? null : ParseStatus(fields.Status),
        fields.Key is null
            ? null
            : Field.Required(fields.Key, "key", TenantKey.MaxConfigurableLength).ToLowerInvariant(),
        fields.Domain is null ? null : DomainName.ParseStored(fields.Domain, "domain").Value,
        fields.Email is null ? null : EmailAddress.ParseStored(fields.Email).Value.ToLowerInvariant(),
        fields.Tier is null ? null : TenantTierText.Parse(Field.Required(fields.Tier, "tier"), "tier"),
        fields.Q is null ? null : ParseText(fields.Q));

    private static TenantStatus ParseStatus(string text) =>
        TenantStatusText.TryParse(text) ?? throw ControlPlaneException.Invalid("status",
            "status is unknown; known are "
            + string.Join(", ", Enum.GetValues<TenantStatus>().Select(status => status.ToText())) + ".");

    private static string ParseText(string text)
    {
        string trimmed = Field.Required(text, "q");
        return trimmed.Length >= MinTextLength
            ? trimmed
            : throw ControlPlaneException.Invalid("q", $"q must have at least {MinTextLength} characters.");
    }
}
