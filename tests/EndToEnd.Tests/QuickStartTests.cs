using System.Text.Json.Nodes;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

public sealed class QuickStartTests(RunningInstance running)
{
    [Fact]
    public async Task The_four_calls_lead_to_the_five_resource_records()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        var started = await customer.ProvisionAsync();
        Assert.Equal($"provision-tenant-{customer.TenantId}", Customer.Text(started, "workflowId"));
        await customer.IsActiveAsync();

        var records = await running.Instance.DevAsync(
            "sql", $"SELECT type || ': ' || name FROM resources WHERE tenant_id = '{customer.TenantId}'");

        string[] expected =
        [
            $"keycloak_realm: tenant-{key}", $"keycloak_client: {key}-app", $"keycloak_admin_user: admin@{key}.com",
            $"database_schema: tenant_{key}", $"storage_bucket: tenant-{key}-files", "(5 rows)",
        ];
        Assert.All(expected, line => Assert.Contains(line, records.AndSucceeded().Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_mail_of_the_quick_start_is_triggered_for_its_subscriber()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        var mails = JsonNode.Parse(await running.Http.GetStringAsync(new Uri(running.Instance.Novu,
            $"/_sandbox/mails?subscriberId=tenant-{customer.TenantId}-admin_{key}_com"),
            TestContext.Current.CancellationToken))!.AsArray();

        var mail = Assert.Single(mails)!;
        Assert.Equal("tenant-welcome", Customer.Text(mail, "workflowId"));
        string[] payload =
        [
            "tenantId", "tenantName", "firstName", "lastName", "appPlaneUrl", "adminPortalUrl", "loginUrl",
            "supportEmail",
        ];
        Assert.Equal(payload.Order(), mail["payload"]!.AsObject().Select(field => field.Key).Order());
    }

    [Fact]
    public async Task The_worker_writes_the_lines_that_people_look_for()
    {
        var customer = new Customer(running, Keys.New());
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();

        string[] log = running.Instance.Log("worker").Split('\n');

        // The first two once, by the process whose log this is; the others of this very tenant.
        Assert.All(
            (string[])["Connected to Temporal namespace: arc-saas", "Worker state: RUNNING"],
            said => Assert.Single(log, line => line.Contains(said, StringComparison.Ordinal)));
        Assert.All(
            (string[])["Provisioning workflow started", "Creating IdP organization", "Creating admin user"],
            said => Assert.Contains(
                log, line => line.Contains($"{said}: tenant {customer.TenantId}", StringComparison.Ordinal)));
    }
}
