using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>The customer who signs up: the quick start's John Doe, for any tenant key.</summary>
internal sealed record Customer(string Email, string Company, string Domain)
{
    public static Customer Of(string key) => new(
        $"admin@{key}.com",
        key == "newcompany" ? "New Company Inc" : $"{char.ToUpperInvariant(key[0])}{key[1..]} Inc",
        $"{key}.com");

    public JsonObject Lead() => new()
    {
        ["email"] = Email,
        ["firstName"] = "John",
        ["lastName"] = "Doe",
        ["companyName"] = Company,
        ["address"] = new JsonObject
        {
            ["country"] = "US",
            ["address"] = "123 Main St",
            ["city"] = "San Francisco",
            ["state"] = "CA",
            ["zip"] = "94102",
        },
    };

    public JsonObject Tenant(string key) => new() { ["key"] = key, ["domains"] = new JsonArray(Domain) };

    public static JsonObject Subscription(string tenantId) => new()
    {
        ["id"] = "sub-uuid",
        ["subscriberId"] = tenantId,
        ["planId"] = "plan-uuid",
        ["startDate"] = "2025-01-01T00:00:00Z",
        ["endDate"] = "2026-01-01T00:00:00Z",
        ["status"] = 1,
        ["plan"] = new JsonObject
        {
            ["id"] = "plan-uuid",
            ["name"] = "Enterprise Plan",
            ["description"] = "Enterprise tier",
            ["price"] = 999.00m,
            ["currencyId"] = "usd",
            ["tier"] = "enterprise",
            ["billingCycleId"] = "annual",
            ["metaData"] = new JsonObject { ["pipelineName"] = "enterprise-pipeline" },
        },
    };
}
