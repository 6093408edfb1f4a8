using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Worker.Steps;
using Worker.Tests.Support;

namespace Worker.Tests.Connections;

/// <summary>What the steps hand over to an application, and its end with the undo.</summary>
public sealed class ConnectionPartsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_active_tenant_has_the_addresses_of_its_realm_schema_and_bucket()
    {
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        var connection = await fixture.Services.GetRequiredService<GetConnection>()
            .ExecuteAsync(tenant.Id, CancellationToken);
        string keycloak = fixture.Sandbox.Keycloak!.OriginalString.TrimEnd('/');
        Assert.Equal(
            new IdentityConnection($"{keycloak}/realms/tenant-{tenant.Key}", $"{tenant.Key}-app"), connection.Identity);
        var database = new NpgsqlConnectionStringBuilder(fixture.Postgres.OwnerConnectionString);
        Assert.Equal((database.Host, database.Database, $"tenant_{tenant.Key}", $"tenant_{tenant.Key}"),
            (connection.Database!.Host, connection.Database.Name, connection.Database.Schema,
                connection.Database.Role));
        Assert.Equal(
            new StorageConnection($"tenant-{tenant.Key}-files", "us-east-1",
                fixture.Sandbox.S3!.OriginalString.TrimEnd('/'), "none"),
            connection.Storage);
    }

    [Fact]
    public async Task A_rollback_deletes_every_part()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);

        await fixture.FailAsync(tenant);

        Assert.Equal(0, await CountAsync(tenant));
    }

    [Fact]
    public async Task A_late_write_of_an_attempt_that_is_rolled_back_is_refused()
    {
        var tenant = await fixture.GivenTenantAsync();
        var parts = fixture.Services.GetRequiredService<ConnectionParts>();
        await fixture.SetStateAsync(tenant, 1, "ROLLING_BACK");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => parts.PutAsync(
            tenant.Id, 1, new IdentityConnection("https://late.example.com", "late"), CancellationToken));

        Assert.Equal(ErrorCode.StaleAttempt, refused.Code);
        Assert.Equal(0, await CountAsync(tenant));
    }

    [Fact]
    public async Task A_late_undo_leaves_the_parts_of_a_live_tenant()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        var undo = new StepRun<ProvisionDatabase>(fixture, new ProvisionTenantInput(tenant.Id, 1));

        await Assert.ThrowsAnyAsync<Exception>(() => undo.CompensateAsync());

        Assert.Equal(3, await CountAsync(tenant));
    }

    private Task<long> CountAsync(TestTenant tenant) => fixture.Postgres.ReadAsync<long>(
        "SELECT count(*) FROM tenant_connections WHERE tenant_id = $1", tenant.Id);
}
