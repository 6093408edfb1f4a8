using Worker.Commands;
using Worker.Tests.Support;

namespace Worker.Tests.Audit;

public sealed class AuditActorTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_saga_leaves_its_changes_of_state_with_workflow_and_activity_and_a_whole_chain()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        string recorded = await fixture.Postgres.ReadAsync<string>(
            """
            SELECT string_agg(concat_ws(' ', event, attempt, actor, route, previous, '>', outcome), E'\n' ORDER BY id)
            FROM audit_events WHERE tenant_id = $1 AND actor = 'WORKER'
            """,
            tenant.Id);

        Assert.Equal(
            """
            ATTEMPT_STATE 1 WORKER ProvisionTenant/UpdateStatus RECORDED > RUNNING
            TENANT_STATE 1 WORKER ProvisionTenant/UpdateStatus PENDING_PROVISION > PROVISIONING
            TENANT_STATE 1 WORKER ProvisionTenant/ActivateTenant PROVISIONING > ACTIVE
            ATTEMPT_STATE 1 WORKER ProvisionTenant/ActivateTenant RUNNING > SUCCEEDED
            """,
            recorded);
        var output = new StringWriter();
        Assert.Equal(0, await CommandLine.RunAsync(
            ["audit", "verify"], new CommandContext([]) { Output = output, Host = fixture.HostSettings }));
        Assert.Contains(" wait for their seal; head ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_chain_is_exit_code_1()
    {
        var output = new StringWriter();
        string noted = $"1000000:{new string('a', 64)}";

        int exitCode = await CommandLine.RunAsync(
            ["audit", "verify", "--head", noted],
            new CommandContext([]) { Output = output, Host = fixture.HostSettings });

        Assert.Equal(1, exitCode);
        Assert.Contains("position 1000000 is missing", output.ToString(), StringComparison.Ordinal);
    }
}
