using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>The four calls of the quick start for one key. The bodies are copied from the quick start.</summary>
public sealed class Customer(InstanceFixture fixture, string key)
{
    private string statusJwt = "";

    public string LeadId { get; private set; } = "";

    public string ValidationToken { get; private set; } = "";

    public string LeadJwt { get; private set; } = "";

    public string TenantId { get; private set; } = "";

    public string OperatorToken { get; private set; } = "";

    /// <summary>Makes the first call and returns the validation token.</summary>
    public async Task<string> RegisterAsync()
    {
        var lead = await CallAsync(HttpMethod.Post, "/leads", null, $$"""
            {
              "email": "admin@{{key}}.com",
              "firstName": "John",
              "lastName": "Doe",
              "companyName": "New Company Inc",
              "address": {
                "country": "US",
                "address": "123 Main St",
                "city": "San Francisco",
                "state": "CA",
                "zip": "94102"
              }
            }
            """);
        LeadId = Text(lead, "id");
        return ValidationToken = Text(lead, "key");
    }

    /// <summary>Makes the first three calls.</summary>
    public async Task SignUpAsync()
    {
        await RegisterAsync();
        var verified = await CallAsync(HttpMethod.Post, $"/leads/{LeadId}/verify", ValidationToken, null);
        Assert.Equal(LeadId, Text(verified, "id"));
        LeadJwt = Text(verified, "token");
        var tenant = await CallAsync(HttpMethod.Post, $"/leads/{LeadId}/tenants", LeadJwt,
            $$"""{ "key": "{{key}}", "domains": ["{{key}}.com"] }""");
        Assert.Equal("PENDING_PROVISION", Text(tenant, "status"));
        Assert.Equal("New Company Inc", Text(tenant, "name"));
        TenantId = Text(tenant, "id");
        // The token that created the tenant is valid for that only; a new one can read the provisioning.
        statusJwt = Text(await CallAsync(HttpMethod.Post, $"/leads/{LeadId}/verify", ValidationToken, null), "token");
    }

    public async Task<JsonNode> ProvisionAsync()
    {
        OperatorToken = (await fixture.Instance.DevAsync("token")).EnsureSuccess().Output.Trim();
        return await CallAsync(HttpMethod.Post, $"/tenants/{TenantId}/provision", OperatorToken, $$"""
            {
              "id": "sub-uuid",
              "subscriberId": "{{TenantId}}",
              "planId": "plan-uuid",
              "startDate": "2025-01-01T00:00:00Z",
              "endDate": "2026-01-01T00:00:00Z",
              "status": 1,
              "plan": {
                "id": "plan-uuid",
                "name": "Enterprise Plan",
                "description": "Enterprise tier",
                "price": 999.00,
                "currencyId": "usd",
                "tier": "enterprise",
                "billingCycleId": "annual",
                "metaData": {
                  "pipelineName": "enterprise-pipeline"
                }
              }
            }
            """);
    }

    public Task<JsonNode> ReadProgressAsync() =>
        CallAsync(HttpMethod.Get, $"/tenants/{TenantId}/provisioning", statusJwt, null);

    public async Task WaitForActiveAsync() => await AssertMore.EventuallyAsync(
        ReadProgressAsync,
        progress => Text(progress, "status") == "ACTIVE"
            && progress["steps"]!.AsArray().All(step => Text(step!, "state") is "DONE" or "SKIPPED"),
        TimeSpan.FromMinutes(3));

    /// <summary>Returns the link of the newest invitation from the stand-in's mails.</summary>
    public async Task<Uri> ReadInvitationAsync()
    {
        string mails = await fixture.Http.GetStringAsync(new Uri(
            fixture.Instance.Novu, $"/_sandbox/mails?workflowId=tenant-welcome&recipient=admin@{key}.com"));
        return new Uri(JsonNode.Parse(mails)!.AsArray().Last()!["payload"]!["loginUrl"]!.GetValue<string>());
    }

    public async Task<JsonNode> CallAsync(HttpMethod method, string path, string? bearer, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(fixture.Instance.Functions, path));
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await fixture.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
