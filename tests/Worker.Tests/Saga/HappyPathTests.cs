using System.Text.Json;
using ControlPlane.Provisioning;
using Sandbox.Control;
using Temporalio.Api.Enums.V1;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

public sealed class HappyPathTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_becomes_active_with_everything_there_once()
    {
        var tenant = await world.GivenTenantAsync();

        var result = await (await world.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
        var progress = await world.ProgressAsync(tenant);
        Assert.Equal(
            ["DONE", "DONE", "DONE", "DONE", "DONE", "SKIPPED", "SKIPPED", "SKIPPED", "DONE", "DONE", "DONE"],
            progress.Steps.Select(step => step.State));
        Assert.Equal("SUCCEEDED", progress.Attempt!.State);
    }

    [Fact]
    public async Task In_success_no_compensation_activity_runs()
    {
        var tenant = await world.GivenTenantAsync();
        var run = await world.StartAsync(tenant);
        await run.GetResultAsync();

        var history = await run.FetchHistoryAsync();
        Assert.Equal(
            [
                "UpdateStatus", "CreateIdp", "CreateAdminUser", "ProvisionDatabase", "ProvisionStorage",
                "CreateResources", "ActivateTenant", "SendNotification",
            ],
            history.Events
                .Where(e => e.EventType == EventType.ActivityTaskScheduled)
                .Select(e => e.ActivityTaskScheduledEventAttributes.ActivityType.Name));
        Assert.All((await world.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
        Assert.Equal(WorkflowExecutionStatus.Completed, (await run.DescribeAsync()).Status);
    }

    [Fact]
    public async Task Every_resource_is_recorded_by_the_names_of_the_quick_start()
    {
        var tenant = await world.GivenTenantAsync();

        await (await world.StartAsync(tenant)).GetResultAsync();

        Assert.Equal(
            $"database_schema: tenant_{tenant.Key} CREATED, keycloak_admin_user: {tenant.Email} CREATED, "
            + $"keycloak_client: {tenant.Key}-app CREATED, keycloak_realm: tenant-{tenant.Key} CREATED, "
            + $"storage_bucket: tenant-{tenant.Key}-files CREATED",
            await world.Postgres.ReadAsync<string>(
                """
                SELECT string_agg(type || ': ' || name || ' ' || state, ', ' ORDER BY type)
                FROM resources WHERE tenant_id = $1
                """,
                tenant.Id));
    }

    [Fact]
    public async Task The_client_takes_codes_with_PKCE_for_the_proven_domain_alone()
    {
        var tenant = await world.GivenTenantAsync();

        await (await world.StartAsync(tenant)).GetResultAsync();

        var client = await world.Systems.Keycloak.FindClientAsync(
            tenant.Resources.Realm, tenant.Resources.Client, CancellationToken);
        Assert.Equal("openid-connect", client!.Protocol);
        Assert.True(client.PublicClient);
        Assert.False(client.DirectAccessGrantsEnabled);
        Assert.Equal("S256", client.Attributes!["pkce.code.challenge.method"]);
        Assert.Equal([$"https://{tenant.Key}.com/*"], client.RedirectUris);
        Assert.Equal([$"https://{tenant.Key}.com"], client.WebOrigins);
        Assert.Equal(["role", "tenantId"], client.ProtocolMappers!.Select(m => m.Name).Order());
    }

    [Fact]
    public async Task The_admin_is_the_primary_contact_with_its_attributes()
    {
        var tenant = await world.GivenTenantAsync();

        await (await world.StartAsync(tenant)).GetResultAsync();

        var user = await world.Systems.Keycloak.FindUserAsync(tenant.Resources.Realm, tenant.Email, CancellationToken);
        Assert.Equal(tenant.Email, user!.Email);
        Assert.Equal("John", user.FirstName);
        Assert.Equal(ProvisioningWorld.LastName, user.LastName);
        Assert.True(user.Enabled);
        Assert.Equal([tenant.Id.ToString()], user.Attributes!["tenantId"]);
        Assert.Equal(["admin"], user.Attributes["role"]);
        Assert.Empty(await world.Systems.Keycloak.MissingClientRolesAsync(
            tenant.Resources.Realm, user.Id!, "realm-management", ["realm-admin"], CancellationToken));
    }

    [Fact]
    public async Task What_a_store_of_another_make_does_not_know_is_tolerated_and_recorded()
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Query = "publicAccessBlock*",
            Status = 501,
            Body = "<Error><Code>NotImplemented</Code></Error>",
            ContentType = "application/xml",
        });

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        using var details = JsonDocument.Parse(await world.Postgres.ReadAsync<string>(
            "SELECT details::text FROM resources WHERE tenant_id = $1 AND type = $2",
            tenant.Id, ResourceTypes.StorageBucket));
        Assert.Equal("public_access_block", details.RootElement.GetProperty("notSupported")[0].GetString());
    }

    [Fact]
    public async Task The_log_says_what_people_look_for()
    {
        var tenant = await world.GivenTenantAsync();

        await (await world.StartAsync(tenant)).GetResultAsync();

        Assert.Contains("Connected to Temporal namespace: arc-saas", world.Logs.Text, StringComparison.Ordinal);
        Assert.Contains("Worker state: RUNNING", world.Logs.Text, StringComparison.Ordinal);
        foreach (string line in (string[])
            ["Provisioning workflow started", "Creating IdP organization", "Creating admin user"])
        {
            Assert.Contains($"{line}: tenant {tenant.Id}", world.Logs.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_step_under_way_can_be_asked_for()
    {
        var tenant = await world.GivenTenantAsync();
        await using var held = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Path = "/admin/realms/*/partialImport",
            Kind = FaultKind.Delay,
        });
        var run = await world.StartAsync(tenant);
        await held.HitAsync();

        Assert.Equal("create-admin-user", await run.QueryAsync(workflow => workflow.CurrentStep()));

        await held.ReleaseAsync();
        await run.GetResultAsync();
        Assert.Equal("send-notification", await run.QueryAsync(workflow => workflow.CurrentStep()));
    }
}
