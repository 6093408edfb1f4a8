using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ControlPlane.Tenants;

namespace ControlPlane.Provisioning;

/// <summary>
/// The subscription of a tenant: the validated body of a provision call in canonical form. Ids are opaque strings of
/// the billing system.
/// </summary>
public sealed record Subscription(
    string Id,
    Guid SubscriberId,
    string PlanId,
    DateTimeOffset StartDate,
    DateTimeOffset EndDate,
    int Status,
    SubscriptionPlan Plan)
{
    /// <summary>The maximum length of the billing system's ids.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The form of a point in time: a date, or a date with the time of day.</summary>
    public const string TimePattern =
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,7})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$";

    internal const int ActiveStatus = 1;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The canonical JSON: equal for equal subscriptions, whatever the form of the body.</summary>
    [JsonIgnore]
    public string Canonical => JsonSerializer.Serialize(this, SubscriptionJson.Default.Subscription);

    /// <summary>The SHA-256 hash of the canonical form, which tells a repeated call from a different one.</summary>
    public byte[] Hash() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        this, SubscriptionJson.Default.Subscription));

    /// <summary>Validates the body of a provision call.</summary>
    /// <exception cref="ControlPlaneException">A field is invalid; the error names it.</exception>
    public static Subscription Parse(Guid tenantId, SubscriptionFields fields)
    {
        string id = Field.Required(fields.Id, "id", MaxIdLength);
        if (!Guid.TryParse(Field.Required(fields.SubscriberId, "subscriberId"), out var subscriber)
            || subscriber != tenantId)
        {
            throw ControlPlaneException.Invalid("subscriberId",
                $"subscriberId must be the tenant's id in the address, {tenantId:D}.");
        }

        string planId = Field.Required(fields.PlanId, "planId", MaxIdLength);
        var start = Time(fields.StartDate, "startDate");
        var end = Time(fields.EndDate, "endDate");
        if (end <= start)
        {
            throw ControlPlaneException.Invalid("endDate", "endDate must be after startDate.");
        }

        if (fields.Status != ActiveStatus)
        {
            throw ControlPlaneException.Invalid("status",
                $"status is {fields.Status?.ToString(CultureInfo.InvariantCulture) ?? "missing"}; "
                + $"{ActiveStatus} (ACTIVE) is expected.");
        }

        return new Subscription(id, subscriber, planId, start, end, ActiveStatus, SubscriptionPlan.Parse(fields.Plan));
    }

    internal static string RequiredId(string? text, string field) => Field.Required(text, field, MaxIdLength);

    private static DateTimeOffset Time(string? text, string field)
    {
        if (!DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw ControlPlaneException.Invalid(field,
                $"{field} is not a point in time such as 2025-01-01T00:00:00Z.");
        }

        return time.Year is >= 1970 and <= 2200
            ? time
            : throw ControlPlaneException.Invalid(field, $"{field} is outside the years 1970 to 2200.");
    }
}

public sealed record SubscriptionPlan(
    string Id,
    string Name,
    string Description,
    decimal Price,
    string CurrencyId,
    [property: JsonIgnore] TenantTier Tier,
    string BillingCycleId,
    string PipelineName)
{
    public const int MaxDescriptionLength = 1000;

    /// <summary>The largest price that a decimal holds, rounded down.</summary>
    public const double MaxPrice = 7.9e28;

    // Prices that differ only in trailing zeros are equal: dividing by 1 with the maximum scale removes the zeros.
    private const decimal OneOfMaxScale = 1.0000000000000000000000000000m;

    [JsonPropertyName("tier")]
    public string TierText => Tier.ToText();

    internal static SubscriptionPlan Parse(SubscriptionPlanFields? fields)
    {
        if (fields is null)
        {
            throw ControlPlaneException.Invalid("plan", "plan is missing: the plan's id, name, price and tier.");
        }

        return new SubscriptionPlan(
            Subscription.RequiredId(fields.Id, "plan.id"),
            Field.Required(fields.Name, "plan.name"),
            Field.Optional(fields.Description, "plan.description", MaxDescriptionLength) ?? "",
            fields.Price is >= 0
                ? fields.Price.Value / OneOfMaxScale
                : throw ControlPlaneException.Invalid("plan.price", "plan.price must be a number of at least 0."),
            Subscription.RequiredId(fields.CurrencyId, "plan.currencyId"),
            TenantTierText.Parse(Field.Required(fields.Tier, "plan.tier"), "plan.tier"),
            Subscription.RequiredId(fields.BillingCycleId, "plan.billingCycleId"),
            Field.Required(fields.MetaData?.PipelineName, "plan.metaData.pipelineName"));
    }
}

/// <summary>A subscription as it came in; nothing of it is checked yet.</summary>
/// <param name="SubscriberId">The tenant's id, as in the address.</param>
/// <param name="StartDate">A point in time, such as 2025-01-01T00:00:00Z, in the years 1970 to 2200.</param>
/// <param name="EndDate">After the start.</param>
/// <param name="Status">1 (ACTIVE).</param>
public sealed record SubscriptionFields(
    [property: StringLength(Subscription.MaxIdLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? Id,
    string? SubscriberId,
    [property: StringLength(Subscription.MaxIdLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? PlanId,
    [property: RegularExpression(Subscription.TimePattern)] string? StartDate,
    [property: RegularExpression(Subscription.TimePattern)] string? EndDate,
    [property: Range(Subscription.ActiveStatus, Subscription.ActiveStatus)] int? Status,
    SubscriptionPlanFields? Plan);

/// <param name="Price">At least 0.</param>
/// <param name="Tier">enterprise (silo), standard (pooled) or hybrid (bridge), in any case.</param>
public sealed record SubscriptionPlanFields(
    [property: StringLength(Subscription.MaxIdLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? Id,
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? Name,
    [property: StringLength(SubscriptionPlan.MaxDescriptionLength), RegularExpression(Field.OptionalPattern)]
    string? Description,
    [property: Range(0, SubscriptionPlan.MaxPrice)] decimal? Price,
    [property: StringLength(Subscription.MaxIdLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? CurrencyId,
    string? Tier,
    [property: StringLength(Subscription.MaxIdLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? BillingCycleId,
    SubscriptionMetaData? MetaData);

public sealed record SubscriptionMetaData(
    [property: StringLength(Field.MaxNameLength, MinimumLength = 1), RegularExpression(Field.RequiredPattern)]
    string? PipelineName);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Subscription))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
