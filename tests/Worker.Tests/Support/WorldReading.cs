using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Worker.Invitations;

namespace Worker.Tests.Support;

/// <summary>What has been written anywhere, as text to search.</summary>
public static class WorldReading
{
    /// <summary>As `setup` does it: the functions seal to this key.</summary>
    public static Task StoreSealingKeyAsync(this ProvisioningWorld world)
    {
        var key = world.Services.GetRequiredService<InvitationKeys>().Current!;
        return world.Postgres.ExecuteAsync(
            "INSERT INTO sealing_keys (id, public_key, created_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING",
            key.Id, key.PublicKey);
    }

    /// <summary>The token behind the # of the link in the tenant's n-th mail.</summary>
    public static async Task<string> InvitationTokenAsync(this ProvisioningWorld world, TestTenant tenant, int mail)
    {
        var mails = await AssertMore.EventuallyAsync(
            () => world.Control.MailsAsync(tenant.SubscriberId), mails => mails.Count >= mail);
        return ((string)mails[mail - 1].Payload["loginUrl"]!).Split('#')[1];
    }

    /// <summary>
    /// Every history on the server, its payloads decrypted; those of this tenant's saga have been seen to be.
    /// </summary>
    public static async Task<IReadOnlyList<HistoryText>> HistoriesAsync(
        this ProvisioningWorld world, TestTenant tenant)
    {
        var histories = await HistoryText.ReadAllAsync(world.Temporal);
        var saga = histories.Single(history => history.WorkflowId == IProvisionTenantWorkflow.WorkflowId(tenant.Id));
        string input = $$"""{"tenantId":"{{tenant.Id}}","attempt":1}""";
        Assert.Contains(input, saga.Decrypted, StringComparison.Ordinal);
        Assert.DoesNotContain(input, saga.Stored, StringComparison.Ordinal);
        return histories;
    }

    /// <summary>Every text in every table, tokens' generations and marks included.</summary>
    public static Task<string> DatabaseTextAsync(this ProvisioningWorld world) => world.Postgres.ReadAsync<string>(
        """
        SELECT string_agg(query_to_xml(format('SELECT * FROM %I.%I', schemaname, tablename), true, true, '')::text, '')
        FROM pg_tables WHERE schemaname = 'public'
        """);
}
