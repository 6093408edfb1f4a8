using System.Net;
using System.Security.Cryptography;

namespace Functions.Tests;

/// <summary>What a test begins with, made by calling the API, under names that no other test uses.</summary>
public sealed class Given(FunctionsApplication application)
{
    /// <summary>A key that nobody has.</summary>
    public static string Key() => "k" + RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 9);

    public static object SignUp(string domain) => new
    {
        email = $"admin@{domain}",
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

    public async Task<GivenLead> LeadAsync(string? domain = null)
    {
        domain ??= $"{Key()}.com";
        var answer = (await application.PostAsync("/leads", SignUp(domain))).Expect(HttpStatusCode.Created);
        return new GivenLead(answer.Value("id"), domain, answer.Value("key"), Jwt: "");
    }

    public async Task<GivenLead> VerifiedLeadAsync(string? domain = null) =>
        await VerifyAsync(await LeadAsync(domain));

    /// <summary>The lead with a fresh JWT.</summary>
    public async Task<GivenLead> VerifyAsync(GivenLead lead)
    {
        var answer = await application.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token);
        return lead with { Jwt = answer.Expect(HttpStatusCode.OK).Value("token") };
    }

    public async Task<GivenTenant> TenantAsync(string? key = null)
    {
        key ??= Key();
        var lead = await VerifiedLeadAsync($"{key}.com");
        var answer = await application.PostAsync(
            $"/leads/{lead.Id}/tenants", new { key, domains = (string[])[lead.Domain] }, lead.Jwt);
        return new GivenTenant(answer.Expect(HttpStatusCode.Created).Value("id"), key, lead);
    }

    /// <summary>The body of the quick start's fourth call.</summary>
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
public sealed record GivenLead(string Id, string Domain, string Token, string Jwt);

public sealed record GivenTenant(string Id, string Key, GivenLead Lead);
