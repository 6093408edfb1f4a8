using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace ControlPlane.Tests.Provisioning;

public sealed class SubscriptionTests
{
    private static readonly Guid Tenant = new("0197b0a1-0000-7000-8000-000000000001");

    private static readonly SubscriptionPlanFields Plan = new(
        "plan-uuid", "Enterprise Plan", "Enterprise tier", 999.00m, "usd", "enterprise", "annual",
        new SubscriptionMetaData("enterprise-pipeline"));

    private static readonly SubscriptionFields Fields = new(
        "sub-uuid", Tenant.ToString(), "plan-uuid", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 1, Plan);

    public static TheoryData<string, SubscriptionFields> InvalidFields { get; } = new()
    {
        { "id", Fields with { Id = null } },
        { "id", Fields with { Id = new string('x', 65) } },
        { "id", Fields with { Id = "sub\0uuid" } },
        { "subscriberId", Fields with { SubscriberId = "0197b0a1-0000-7000-8000-000000000002" } },
        { "subscriberId", Fields with { SubscriberId = "sub" } },
        { "subscriberId", Fields with { SubscriberId = null } },
        { "planId", Fields with { PlanId = "" } },
        { "startDate", Fields with { StartDate = null } },
        { "startDate", Fields with { StartDate = "yesterday" } },
        { "startDate", Fields with { StartDate = "1969-12-31T00:00:00Z" } },
        { "endDate", Fields with { EndDate = "9999-01-01T00:00:00Z" } },
        { "endDate", Fields with { EndDate = "2026-13-01T00:00:00Z" } },
        { "endDate", Fields with { EndDate = Fields.StartDate } },
        { "endDate", Fields with { EndDate = "2024-01-01T00:00:00Z" } },
        { "status", Fields with { Status = 0 } },
        { "status", Fields with { Status = null } },
        { "plan", Fields with { Plan = null } },
        { "plan.id", Fields with { Plan = Plan with { Id = null } } },
        { "plan.name", Fields with { Plan = Plan with { Name = new string('x', 101) } } },
        { "plan.description", Fields with { Plan = Plan with { Description = "a\tb" } } },
        { "plan.price", Fields with { Plan = Plan with { Price = -1 } } },
        { "plan.price", Fields with { Plan = Plan with { Price = null } } },
        { "plan.currencyId", Fields with { Plan = Plan with { CurrencyId = " " } } },
        { "plan.tier", Fields with { Plan = Plan with { Tier = "gold" } } },
        { "plan.tier", Fields with { Plan = Plan with { Tier = null } } },
        { "plan.billingCycleId", Fields with { Plan = Plan with { BillingCycleId = null } } },
        { "plan.metaData.pipelineName", Fields with { Plan = Plan with { MetaData = null } } },
    };

    [Fact]
    public void The_subscription_of_the_quick_start_is_valid() =>
        Assert.Equal(TenantTier.Silo, Subscription.Parse(Tenant, Fields).Plan.Tier);

    [Theory]
    [MemberData(nameof(InvalidFields))]
    public void An_invalid_field_is_named(string field, SubscriptionFields fields)
    {
        var error = Assert.Throws<ControlPlaneException>(() => Subscription.Parse(Tenant, fields));

        Assert.Equal((ErrorCode.InvalidRequest, field), (error.Code, error.Field));
    }

    [Theory]
    [InlineData("enterprise", TenantTier.Silo)]
    [InlineData("ENTERPRISE", TenantTier.Silo)]
    [InlineData("Silo", TenantTier.Silo)]
    [InlineData("standard", TenantTier.Pooled)]
    [InlineData("pooled", TenantTier.Pooled)]
    [InlineData("hybrid", TenantTier.Bridge)]
    [InlineData("bridge", TenantTier.Bridge)]
    public void A_tier_is_recognized_in_any_case(string text, TenantTier tier) =>
        Assert.Equal(tier, Subscription.Parse(Tenant, Fields with { Plan = Plan with { Tier = text } }).Plan.Tier);

    [Fact]
    public void The_error_for_an_unknown_tier_lists_the_known_ones() => Assert.Contains(
        "enterprise (silo), standard (pooled)",
        Assert.Throws<ControlPlaneException>(() =>
            Subscription.Parse(Tenant, Fields with { Plan = Plan with { Tier = "gold" } })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_same_subscription_written_differently_has_the_same_hash()
    {
        var other = Fields with
        {
            StartDate = "2025-01-01T01:00:00+01:00",
            SubscriberId = Tenant.ToString().ToUpperInvariant(),
            Plan = Plan with { Price = 999m, Tier = "SILO" },
        };

        Assert.Equal(Subscription.Parse(Tenant, Fields).Hash(), Subscription.Parse(Tenant, other).Hash());
    }

    [Fact]
    public void Another_subscription_has_another_hash()
    {
        byte[] hash = Subscription.Parse(Tenant, Fields).Hash();

        foreach (var other in (SubscriptionFields[])
        [
            Fields with { Id = "other" },
            Fields with { EndDate = "2027-01-01T00:00:00Z" },
            Fields with { Plan = Plan with { Price = 999.01m } },
            Fields with { Plan = Plan with { Tier = "standard" } },
            Fields with { Plan = Plan with { MetaData = new("other") } },
        ])
        {
            Assert.NotEqual(hash, Subscription.Parse(Tenant, other).Hash());
        }
    }
}
