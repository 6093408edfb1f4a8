using System.Net;
using ControlPlane;
using ControlPlane.Invitations;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Invitations;

public sealed class InvitationTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Password = "correct horse battery staple";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_admin_sets_the_first_password_with_the_link_and_can_log_in()
    {
        var (tenant, token) = await GivenInvitedAsync();

        await AcceptAsync(token, Password);

        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
        Assert.Equal(0, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task The_link_works_once()
    {
        var (tenant, token) = await GivenInvitedAsync();
        await AcceptAsync(token, Password);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, "another long password"));

        Assert.Equal(ErrorCode.WrongState, e.Code);
        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task A_rejected_password_returns_the_reason_of_Keycloak_and_the_link_stays_valid()
    {
        var (tenant, token) = await GivenInvitedAsync();

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, "short"));

        Assert.Equal(ErrorCode.PasswordRejected, e.Code);
        Assert.Contains("minimum length 12", e.Message, StringComparison.Ordinal);
        await AcceptAsync(token, Password);
        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task A_new_invitation_invalidates_the_old_link()
    {
        var (tenant, token) = await GivenInvitedAsync();
        await fixture.RenewInvitationAsync(tenant);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, Password));

        Assert.Equal(ErrorCode.TokenInvalid, e.Code);
        string newest = await fixture.InvitationTokenAsync(tenant, mail: 2);
        await AcceptAsync(newest, Password);
        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task The_old_link_stays_valid_while_the_new_one_cannot_be_mailed()
    {
        var (tenant, token) = await GivenInvitedAsync();
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "novu",
            Method = "POST",
            BodyContains = $"tenant-welcome-{tenant.Id:D}-2",
            Kind = FaultKind.Answer,
            Status = 503,
            Count = 0,
        });
        await fixture.Services.GetRequiredService<RenewInvitation>().ExecuteAsync(tenant.Id, CancellationToken);
        await fault.WaitForHitsAsync();

        await AcceptAsync(token, Password);

        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task An_invitation_that_was_deleted_after_its_retention_is_mailed_again()
    {
        var (tenant, _) = await GivenInvitedAsync();
        await fixture.Postgres.ExecuteAsync("DELETE FROM invitations WHERE tenant_id = $1", tenant.Id);

        await fixture.RenewInvitationAsync(tenant);

        await AcceptAsync(await fixture.InvitationTokenAsync(tenant, mail: 2), Password);
        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task No_log_database_or_history_contains_the_password()
    {
        var (tenant, token) = await GivenInvitedAsync();
        const string secret = "S3cret-of-the-admin-user";

        await AcceptAsync(token, secret);

        Assert.Equal(HttpStatusCode.OK, await fixture.LogInAsync(tenant, secret));
        var invitation = await fixture.Postgres.ReadAsync<Guid>(
            "SELECT id FROM invitations WHERE tenant_id = $1", tenant.Id);
        var histories = await fixture.HistoriesAsync(tenant);
        string database = await fixture.DatabaseTextAsync();
        // Each source was really read and contains this tenant.
        Assert.Contains(tenant.Id.ToString(), fixture.Logs.Text, StringComparison.Ordinal);
        Assert.Contains(histories, history =>
            history.WorkflowType == "AcceptInvitation"
            && history.Decrypted.Contains($"{{\"invitationId\":\"{invitation}\"", StringComparison.Ordinal));
        Assert.Contains(tenant.Email, database, StringComparison.Ordinal);
        string everything = string.Join('\n', histories.Select(h => h.Text).Append(fixture.Logs.Text).Append(database));
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(token, everything, StringComparison.Ordinal);
    }

    private async Task<(TestTenant Tenant, string Token)> GivenInvitedAsync()
    {
        await fixture.StoreSealingKeyAsync();
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        return (tenant, await fixture.InvitationTokenAsync(tenant, mail: 1));
    }

    private Task AcceptAsync(string token, string password) =>
        fixture.Services.GetRequiredService<AcceptInvitation>().ExecuteAsync(token, password, CancellationToken);
}
