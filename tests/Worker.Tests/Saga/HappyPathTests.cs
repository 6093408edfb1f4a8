using System.Text.Json;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Api.Enums.V1;
using Worker.Steps;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class HappyPathTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static readonly string[] Unbuilt =
        [ProvisionInfrastructure.Id, DeployApplication.Id, ConfigureDns.Id];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_becomes_active_with_each_object_once()
    {
        var tenant = await fixture.GivenTenantAsync();

        var result = await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        var progress = await fixture.ProgressAsync(tenant);
        Assert.Equal(
            StepList.All.Select(step => (step.Id, Unbuilt.Contains(step.Id) ? "SKIPPED" : "DONE")),
            progress.Steps.Select(step => (step.Step, step.State)));
        Assert.Equal("SUCCEEDED", progress.Attempt!.State);
    }

    [Fact]
    public async Task A_success_runs_no_compensation()
    {
        var tenant = await fixture.GivenTenantAsync();
        var run = await fixture.StartAsync(tenant);
        await run.GetResultAsync();

        var history = await run.FetchHistoryAsync();
        Assert.Equal(
            StepList.All.Where(step => !Unbuilt.Contains(step.Id)).Select(step => step.ExecuteActivity),
            history.Events
                .Where(e => e.EventType == EventType.ActivityTaskScheduled)
                .Select(e => e.ActivityTaskScheduledEventAttributes.ActivityType.Name));
        Assert.All((await fixture.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
        Assert.Equal(WorkflowExecutionStatus.Completed, (await run.DescribeAsync()).Status);
    }

    [Fact]
    public async Task Every_resource_is_recorded_by_the_names_of_the_quick_start()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Equal(
            $"database_schema: tenant_{tenant.Key} CREATED, keycloak_admin_user: {tenant.Email} CREATED, "
            + $"keycloak_client: {tenant.Key}-app CREATED, keycloak_realm: tenant-{tenant.Key} CREATED, "
            + $"storage_bucket: tenant-{tenant.Key}-files CREATED",
            await fixture.Postgres.ReadAsync<string>(
                """
                SELECT string_agg(type || ': ' || name || ' ' || state, ', ' ORDER BY type)
                FROM resources WHERE tenant_id = $1
                """,
                tenant.Id));
    }

    [Fact]
    public async Task With_a_prefix_the_bucket_is_made_recorded_read_listed_and_undone_under_its_own_name()
    {
        await using var prefixed = await fixture.ChangeSettingsAsync(("BUCKET_PREFIX", "acme-eu-"));
        var (live, failed) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        string bucket = $"acme-eu-tenant-{live.Key}-files";

        await (await fixture.StartAsync(live)).GetResultAsync();
        await fixture.FailAfterAllStepsAsync(failed);

        var found = (await fixture.ReadResidueAsync(live)).Systems.Single(system => system.System == "s3").Found;
        Assert.Equal((bucket, 1), (Assert.Single(found).Name, found[0].Attempt));
        Assert.Equal(bucket, await fixture.Postgres.ReadAsync<string>(
            "SELECT name FROM resources WHERE tenant_id = $1 AND type = 'storage_bucket'", live.Id));
        var names = await fixture.Services.GetRequiredService<TenantBuckets>().ListNamesAsync(CancellationToken);
        Assert.Contains(bucket, names);
        Assert.DoesNotContain($"acme-eu-tenant-{failed.Key}-files", names);
        Assert.True((await fixture.ReadResidueAsync(failed)).IsClean);
    }

    [Fact]
    public async Task The_client_accepts_only_PKCE_codes_for_the_verified_domain()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var client = await fixture.Systems.Keycloak.FindClientAsync(
            tenant.Resources.Realm, tenant.Resources.Client, CancellationToken);
        Assert.Equal("openid-connect", client!.Protocol);
        Assert.True(client.PublicClient);
        Assert.False(client.DirectAccessGrantsEnabled);
        Assert.Equal("S256", client.Attributes!["pkce.code.challenge.method"]);
        Assert.Equal(
            [$"https://{tenant.Key}.com/*", $"https://{tenant.Key}.app.example.com/*"], client.RedirectUris);
        Assert.Equal([$"https://{tenant.Key}.com", $"https://{tenant.Key}.app.example.com"], client.WebOrigins);
        Assert.Equal(["audience", "role", "tenantId"], client.ProtocolMappers!.Select(m => m.Name).Order());
    }

    [Fact]
    public async Task The_admin_user_is_the_primary_contact_with_its_attributes()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var user = await fixture.Systems.FindAdminUserAsync(tenant);
        Assert.Equal(tenant.Email, user!.Email);
        Assert.Equal("John", user.FirstName);
        Assert.Equal(ProvisioningFixture.LastName, user.LastName);
        Assert.True(user.Enabled);
        Assert.Equal([tenant.Id.ToString()], user.Attributes!["tenantId"]);
        Assert.Equal(["admin"], user.Attributes["role"]);
        Assert.Empty(await fixture.Systems.Keycloak.MissingClientRolesAsync(
            tenant.Resources.Realm, user.Id!, "realm-management", ["realm-admin"], CancellationToken));
    }

    [Fact]
    public async Task A_feature_that_the_object_store_lacks_is_tolerated_and_recorded()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Query = "publicAccessBlock*",
            Status = 501,
            Body = "<Error><Code>NotImplemented</Code></Error>",
            ContentType = "application/xml",
        });

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

        using var details = JsonDocument.Parse(await fixture.Postgres.ReadAsync<string>(
            "SELECT details::text FROM resources WHERE tenant_id = $1 AND type = $2",
            tenant.Id, ResourceTypes.StorageBucket));
        Assert.Equal("public_access_block", details.RootElement.GetProperty("notSupported")[0].GetString());
    }

    [Fact]
    public async Task The_log_contains_the_documented_lines()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Contains("Connected to Temporal namespace: arc-saas", fixture.Logs.Text, StringComparison.Ordinal);
        Assert.Contains("Worker state: RUNNING", fixture.Logs.Text, StringComparison.Ordinal);
        foreach (string line in (string[])
            ["Provisioning workflow started", "Creating IdP organization", "Creating admin user"])
        {
            Assert.Contains($"{line}: tenant {tenant.Id}", fixture.Logs.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_current_step_can_be_queried()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var held = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "keycloak",
            Path = "/admin/realms/*/partialImport",
            Kind = FaultKind.Delay,
        });
        var run = await fixture.StartAsync(tenant);
        await held.WaitForHitsAsync();

        Assert.Equal("create-admin-user", await run.QueryAsync(workflow => workflow.CurrentStep()));

        await held.ReleaseAsync();
        await run.GetResultAsync();
        Assert.Equal("send-notification", await run.QueryAsync(workflow => workflow.CurrentStep()));
    }
}
