using System.Net;
using System.Security.Cryptography;

namespace Api.Tests;

/// <summary>Creates leads and tenants through the API, with names that no other test uses.</summary>
public sealed class TestData(ApiApplication application)
{
    /// <summary>Returns an unused tenant key.</summary>
    public static string NewKey() => "k" + RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 9);

    public static object SignUp(string domain, string user = "admin") => new
    {
        email = $"{user}@{domain}",
        firstName = "John",
        lastName = "Doe",
        companyName = "New Company Inc",
        address = new
        {
            country = "US",
            address = "123 Main St",
            city = "San Francisco",
            state = "CA",
            zip = "94102",
        },
    };

    public async Task<TestLead> CreateLeadAsync(string? domain = null, string user = "admin")
    {
        domain ??= $"{NewKey()}.com";
        var answer = (await application.PostAsync("/leads", SignUp(domain, user))).Expect(HttpStatusCode.Created);
        return new TestLead(answer.GetString("id"), domain, answer.GetString("key"), Jwt: "");
    }

    public async Task<TestLead> CreateVerifiedLeadAsync(string? domain = null, string user = "admin") =>
        await VerifyAsync(await CreateLeadAsync(domain, user));

    /// <summary>Verifies the lead and returns it with a fresh JWT.</summary>
    public async Task<TestLead> VerifyAsync(TestLead lead)
    {
        var answer = await application.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token);
        return lead with { Jwt = answer.Expect(HttpStatusCode.OK).GetString("token") };
    }

    public async Task<TestTenant> CreateTenantAsync(string? key = null)
    {
        key ??= NewKey();
        var lead = await CreateVerifiedLeadAsync($"{key}.com");
        var answer = await application.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt);
        return new TestTenant(answer.Expect(HttpStatusCode.Created).GetString("id"), key, lead);
    }

    /// <summary>Returns the body of the quick start's fourth call.</summary>
    public static Dictionary<string, object?> Subscription(string tenantId) => new()
    {
        ["id"] = "sub-uuid",
        ["subscriberId"] = tenantId,
        ["planId"] = "plan-uuid",
        ["startDate"] = "2025-01-01T00:00:00Z",
        ["endDate"] = "2026-01-01T00:00:00Z",
        ["status"] = 1,
        ["plan"] = new Dictionary<string, object?>
        {
            ["id"] = "plan-uuid",
            ["name"] = "Enterprise Plan",
            ["description"] = "Enterprise tier",
            ["price"] = 999.00m,
            ["currencyId"] = "usd",
            ["tier"] = "enterprise",
            ["billingCycleId"] = "annual",
            ["metaData"] = new { pipelineName = "enterprise-pipeline" },
        },
    };
}

/// <param name="Token">The validation token.</param>
/// <param name="Jwt">Empty until the lead is verified.</param>
public sealed record TestLead(string Id, string Domain, string Token, string Jwt);

public sealed record TestTenant(string Id, string Key, TestLead Lead);
