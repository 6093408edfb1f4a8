using System.Text.Json.Nodes;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

public sealed class QuickStartTests(InstanceFixture fixture)
{
    [Fact]
    public async Task The_four_calls_create_the_five_resource_records()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        var started = await customer.ProvisionAsync();
        Assert.Equal($"provision-tenant-{customer.TenantId}", Customer.Text(started, "workflowId"));
        await customer.WaitForActiveAsync();

        var records = await fixture.Instance.DevAsync(
            "sql", $"SELECT type || ': ' || name FROM resources WHERE tenant_id = '{customer.TenantId}'");

        string[] expected =
        [
            $"keycloak_realm: tenant-{key}", $"keycloak_client: {key}-app", $"keycloak_admin_user: admin@{key}.com",
            $"database_schema: tenant_{key}", $"storage_bucket: tenant-{key}-files", "(5 rows)",
        ];
        Assert.All(expected, line => Assert.Contains(line, records.EnsureSuccess().Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_mail_of_the_quick_start_is_triggered_for_its_subscriber()
    {
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        var mails = JsonNode.Parse(await fixture.Http.GetStringAsync(new Uri(fixture.Instance.Novu,
            $"/_sandbox/mails?subscriberId=tenant-{customer.TenantId}-admin_{key}_com"),
            TestContext.Current.CancellationToken))!.AsArray();

        var mail = Assert.Single(mails)!;
        Assert.Equal("tenant-welcome", Customer.Text(mail, "workflowId"));
        string[] payload =
        [
            "tenantId", "tenantName", "firstName", "lastName", "appPlaneUrl", "adminPortalUrl", "loginUrl",
            "supportEmail",
        ];
        // Further fields are for our own templates.
        Assert.Empty(payload.Except(mail["payload"]!.AsObject().Select(field => field.Key)));
    }

    [Fact]
    public async Task The_worker_writes_the_documented_log_lines()
    {
        var customer = new Customer(fixture, TenantKeys.New());
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.WaitForActiveAsync();

        string[] log = fixture.Instance.Log("worker").Split('\n');

        // The first two appear once per process, the others once per tenant.
        Assert.All(
            (string[])["Connected to Temporal namespace: arc-saas", "Worker state: RUNNING"],
            text => Assert.Single(log, line => line.Contains(text, StringComparison.Ordinal)));
        Assert.All(
            (string[])["Provisioning workflow started", "Creating IdP organization", "Creating admin user"],
            text => Assert.Contains(
                log, line => line.Contains($"{text}: tenant {customer.TenantId}", StringComparison.Ordinal)));
    }
}
