using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>The four calls of the quick start, for one key. Bodies are the quick start's own text.</summary>
public sealed class Customer(RunningInstance running, string key)
{
    private string readingJwt = "";

    public string LeadId { get; private set; } = "";

    public string ValidationToken { get; private set; } = "";

    public string LeadJwt { get; private set; } = "";

    public string TenantId { get; private set; } = "";

    public string OperatorToken { get; private set; } = "";

    /// <summary>The first call alone; gives the validation token.</summary>
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

    /// <summary>The first three calls.</summary>
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
        // The one that created the tenant does nothing else; from now on a fresh one reads its provisioning.
        readingJwt = Text(await CallAsync(HttpMethod.Post, $"/leads/{LeadId}/verify", ValidationToken, null), "token");
    }

    public async Task<JsonNode> ProvisionAsync()
    {
        OperatorToken = (await running.Instance.DevAsync("token")).AndSucceeded().Output.Trim();
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

    public Task<JsonNode> ProgressAsync() =>
        CallAsync(HttpMethod.Get, $"/tenants/{TenantId}/provisioning", readingJwt, null);

    public async Task IsActiveAsync() => await AssertMore.EventuallyAsync(
        ProgressAsync,
        progress => Text(progress, "status") == "ACTIVE"
            && progress["steps"]!.AsArray().All(step => Text(step!, "state") is "DONE" or "SKIPPED"),
        TimeSpan.FromMinutes(3));

    /// <summary>The newest invitation's link, from the mail that was "sent".</summary>
    public async Task<Uri> InvitationAsync()
    {
        string mails = await running.Http.GetStringAsync(new Uri(
            running.Instance.Novu, $"/_sandbox/mails?workflowId=tenant-welcome&recipient=admin@{key}.com"));
        return new Uri(JsonNode.Parse(mails)!.AsArray().Last()!["payload"]!["loginUrl"]!.GetValue<string>());
    }

    public async Task<JsonNode> CallAsync(HttpMethod method, string path, string? bearer, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(running.Instance.Functions, path));
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await running.Http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
