using System.Net;
using ControlPlane;
using ControlPlane.Invitations;
using Microsoft.Extensions.DependencyInjection;
using Worker.Tests.Support;

namespace Worker.Tests.Invitations;

public sealed class InvitationTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private const string Password = "correct horse battery staple";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_admin_sets_the_first_password_by_the_link_and_can_log_in()
    {
        var (tenant, token) = await GivenInvitedAsync();

        await AcceptAsync(token, Password);

        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));
        Assert.Equal(0, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task The_link_works_once()
    {
        var (tenant, token) = await GivenInvitedAsync();
        await AcceptAsync(token, Password);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, "another long password"));

        Assert.Equal(ErrorCode.WrongState, e.Code);
        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task A_refused_password_comes_back_in_Keycloaks_words_and_the_link_stays_good()
    {
        var (tenant, token) = await GivenInvitedAsync();

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, "short"));

        Assert.Equal(ErrorCode.PasswordRejected, e.Code);
        Assert.Contains("minimum length 12", e.Message, StringComparison.Ordinal);
        await AcceptAsync(token, Password);
        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task A_new_invitation_kills_the_old_link()
    {
        var (tenant, token) = await GivenInvitedAsync();
        await world.Services.GetRequiredService<RenewInvitation>().ExecuteAsync(tenant.Id, CancellationToken);

        var e = await Assert.ThrowsAsync<ControlPlaneException>(() => AcceptAsync(token, Password));

        Assert.Equal(ErrorCode.TokenInvalid, e.Code);
        string newest = await world.InvitationTokenAsync(tenant, mail: 2);
        await AcceptAsync(newest, Password);
        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, Password));
    }

    [Fact]
    public async Task Neither_log_nor_database_nor_history_holds_the_password()
    {
        var (tenant, token) = await GivenInvitedAsync();
        const string secret = "S3cret-that-nobody-may-read";

        await AcceptAsync(token, secret);

        Assert.Equal(HttpStatusCode.OK, await world.LogInAsync(tenant, secret));
        var invitation = await world.Postgres.ReadAsync<Guid>(
            "SELECT id FROM invitations WHERE tenant_id = $1", tenant.Id);
        var histories = await world.HistoriesAsync(tenant);
        string database = await world.DatabaseTextAsync();
        // Each of them has been read, and each speaks of this tenant.
        Assert.Contains(tenant.Id.ToString(), world.Logs.Text, StringComparison.Ordinal);
        Assert.Contains(histories, history =>
            history.WorkflowType == "AcceptInvitation"
            && history.Decrypted.Contains($"{{\"invitationId\":\"{invitation}\"", StringComparison.Ordinal));
        Assert.Contains(tenant.Email, database, StringComparison.Ordinal);
        string everything = string.Join('\n', histories.Select(h => h.Text).Append(world.Logs.Text).Append(database));
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(token, everything, StringComparison.Ordinal);
    }

    private async Task<(TestTenant Tenant, string Token)> GivenInvitedAsync()
    {
        await world.StoreSealingKeyAsync();
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        return (tenant, await world.InvitationTokenAsync(tenant, mail: 1));
    }

    private Task AcceptAsync(string token, string password) =>
        world.Services.GetRequiredService<AcceptInvitation>().ExecuteAsync(token, password, CancellationToken);
}
