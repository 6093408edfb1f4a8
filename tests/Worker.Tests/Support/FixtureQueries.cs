using ControlPlane.Invitations;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Worker.Invitations;

namespace Worker.Tests.Support;

/// <summary>Reads of stored texts, mails, histories and residue.</summary>
public static class FixtureQueries
{
    /// <summary>Stores the key to which the functions seal passwords, as `setup` does.</summary>
    public static Task StoreSealingKeyAsync(this ProvisioningFixture fixture)
    {
        var key = fixture.Services.GetRequiredService<InvitationKeys>().Current!;
        return fixture.Postgres.ExecuteAsync(
            "INSERT INTO sealing_keys (id, public_key, created_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING",
            key.Id, key.PublicKey);
    }

    /// <summary>Renews the invitation as its route does, and waits until the new link is valid.</summary>
    public static async Task<Invitation> RenewInvitationAsync(this ProvisioningFixture fixture, TestTenant tenant)
    {
        var renewed = await fixture.Services.GetRequiredService<RenewInvitation>()
            .ExecuteAsync(tenant.Id, TestContext.Current.CancellationToken);
        await fixture.Temporal.GetWorkflowHandle(
            ISendInvitationWorkflow.WorkflowId(renewed.Id, renewed.Generation)).GetResultAsync();
        return renewed;
    }

    /// <summary>The token behind the # of the link in the tenant's n-th mail.</summary>
    public static async Task<string> InvitationTokenAsync(this ProvisioningFixture fixture, TestTenant tenant, int mail)
    {
        var mails = await AssertMore.EventuallyAsync(
            () => fixture.Control.GetMailsAsync(tenant.SubscriberId), mails => mails.Count >= mail);
        return ((string)mails[mail - 1].Payload["loginUrl"]!).Split('#')[1];
    }

    /// <summary>
    /// Returns every history on the server with decrypted payloads, after a check that those of this tenant's saga were
    /// encrypted.
    /// </summary>
    public static async Task<IReadOnlyList<HistoryText>> HistoriesAsync(
        this ProvisioningFixture fixture, TestTenant tenant)
    {
        var histories = await HistoryText.ReadAllAsync(fixture.Temporal);
        var saga = histories.Single(history => history.WorkflowId == IProvisionTenantWorkflow.WorkflowId(tenant.Id));
        string input = $$"""{"tenantId":"{{tenant.Id}}","attempt":1}""";
        Assert.Contains(input, saga.Decrypted, StringComparison.Ordinal);
        Assert.DoesNotContain(input, saga.Stored, StringComparison.Ordinal);
        return histories;
    }

    /// <summary>The tenant's residue, read from the outside systems now.</summary>
    public static Task<TenantResidue> ReadResidueAsync(this ProvisioningFixture fixture, TestTenant tenant) =>
        fixture.Services.GetRequiredService<GetResidue>()
            .ExecuteAsync(tenant.Id, TestContext.Current.CancellationToken);

    /// <summary>All rows of all tables of the control database.</summary>
    public static Task<string> DatabaseTextAsync(this ProvisioningFixture fixture) =>
        fixture.Postgres.ReadAsync<string>(
        """
        SELECT string_agg(query_to_xml(format('SELECT * FROM %I.%I', schemaname, tablename), true, true, '')::text, '')
        FROM pg_tables WHERE schemaname = 'public'
        """);
}
