using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// The rows of the compensation table: one step fails, nothing is left, and the next attempt succeeds.
/// </summary>
public sealed class CompensationTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string AccessDenied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";

    [Fact]
    public Task When_the_realm_is_refused_nothing_is_left() => RowAsync(
        "create-idp",
        _ => Refused("keycloak", "POST", "/admin/realms"));

    [Fact]
    public Task When_the_realm_was_created_but_its_step_fails_the_realm_is_gone() => RowAsync(
        "create-idp",
        _ => new() { System = "keycloak", Method = "POST", Path = "/admin/realms", Kind = FaultKind.LoseAnswer },
        tenant => Refused("keycloak", "GET", $"/admin/realms/{tenant.Resources.Realm}/users/profile"));

    [Fact]
    public Task When_the_admin_user_is_refused_the_realm_is_gone() => RowAsync(
        "create-admin-user",
        tenant => Refused("keycloak", "POST", $"/admin/realms/{tenant.Resources.Realm}/partialImport"));

    [Fact]
    public Task When_the_admin_user_was_created_but_its_step_fails_user_and_realm_are_gone() => RowAsync(
        "create-admin-user",
        tenant => new()
        {
            System = "keycloak",
            Path = $"/admin/realms/{tenant.Resources.Realm}/partialImport",
            Kind = FaultKind.LoseAnswer,
        },
        tenant => Refused("keycloak", "GET", $"/admin/realms/{tenant.Resources.Realm}/users/*/role-mappings/*"));

    [Fact]
    public Task When_the_bucket_is_refused_realm_and_schema_are_gone() => RowAsync(
        "provision-storage",
        tenant => Refused("s3", "PUT", $"/{tenant.Resources.Bucket}*", AccessDenied));

    [Fact]
    public Task When_the_bucket_was_created_but_not_tagged_realm_schema_and_bucket_are_gone() => RowAsync(
        "provision-storage",
        tenant => Refused("s3", "PUT", $"/{tenant.Resources.Bucket}*", AccessDenied) with { Query = "tagging*" });

    [Fact]
    public async Task When_the_schema_is_refused_the_realm_is_gone()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.Control.SetFaultAsync(
            new FaultRule { System = "postgres", Query = "CREATE SCHEMA*", SqlState = "22023", Count = 0 }))
        {
            await AssertRolledBackAsync(tenant, "provision-database");
        }

        await AssertNextAttemptSucceedsAsync(tenant);
    }

    [Fact]
    public async Task When_a_resource_was_planned_and_never_created_everything_is_gone()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO resources (tenant_id, type, name, state, attempt, created_at, updated_at)
            VALUES ($1, 'stray', 'stray', 'PLANNED', 1, now(), now())
            """,
            tenant.Id);

        await AssertRolledBackAsync(tenant, "create-resources");

        await fixture.Postgres.ExecuteAsync("DELETE FROM resources WHERE type = 'stray'");
        await AssertNextAttemptSucceedsAsync(tenant);
    }

    [Fact]
    public async Task When_the_tenant_cannot_be_activated_everything_is_gone()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            $"""
            CREATE FUNCTION refuse_activation() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '22023'; END $$;
            CREATE TRIGGER refuse_activation BEFORE UPDATE ON tenants FOR EACH ROW
                WHEN (NEW.id = '{tenant.Id}' AND NEW.status = 'ACTIVE') EXECUTE FUNCTION refuse_activation();
            """);

        try
        {
            await AssertRolledBackAsync(tenant, "activate-tenant");
        }
        finally
        {
            await fixture.Postgres.ExecuteAsync("DROP FUNCTION refuse_activation CASCADE");
        }

        await AssertNextAttemptSucceedsAsync(tenant);
    }

    private async Task RowAsync(string step, params Func<TestTenant, FaultRule>[] rules)
    {
        var tenant = await fixture.GivenTenantAsync();
        var faults = new List<Testing.SandboxFault>();
        try
        {
            foreach (var rule in rules)
            {
                faults.Add(await fixture.Control.SetFaultAsync(rule(tenant)));
            }

            await AssertRolledBackAsync(tenant, step);

            foreach (var fault in faults)
            {
                Assert.NotEqual(0, await fault.GetHitsAsync());
            }
        }
        finally
        {
            foreach (var fault in faults)
            {
                await fault.DisposeAsync();
            }
        }

        await AssertNextAttemptSucceedsAsync(tenant);
    }

    private async Task AssertRolledBackAsync(TestTenant tenant, string step)
    {
        var failure = await fixture.FailAsync(tenant);

        Assert.Equal(step, failure.FailedStep);
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        var progress = await fixture.ProgressAsync(tenant);
        Assert.Equal(step, progress.Attempt!.FailedStep);
        Assert.Equal("FAILED", progress.Steps.Single(s => s.Step == step).State);
        Assert.Equal(0, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM resources WHERE tenant_id = $1 AND type <> 'stray' AND state <> 'DELETED'",
            tenant.Id));
    }

    private async Task AssertNextAttemptSucceedsAsync(TestTenant tenant)
    {
        var run = await fixture.StartAsync(tenant);

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal(2, (await fixture.ProgressAsync(tenant)).Attempt!.Number);
    }

    private static FaultRule Refused(string system, string method, string path, string body = "{}") => new()
    {
        System = system,
        Method = method,
        Path = path,
        Status = 400,
        Body = body,
        ContentType = system == "s3" ? "application/xml" : "application/json",
        Count = 0,
    };
}
