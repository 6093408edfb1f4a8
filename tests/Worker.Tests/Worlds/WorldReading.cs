using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Testing;
using Worker.Invitations;

namespace Worker.Tests.Worlds;

/// <summary>What has been written anywhere, as text to search.</summary>
public static partial class WorldReading
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

    /// <summary>Every history on the server, payloads decrypted and decoded.</summary>
    public static async Task<string> HistoriesAsync(this ProvisioningWorld world)
    {
        var text = new StringBuilder();
        await foreach (var execution in world.Temporal.ListWorkflowsAsync(""))
        {
            var handle = world.Temporal.GetWorkflowHandle(execution.Id, execution.RunId);
            text.AppendLine(await world.ReadableAsync(await handle.FetchHistoryAsync()));
        }

        return text.ToString();
    }

    /// <summary>Every text in every table, tokens' generations and marks included.</summary>
    public static Task<string> DatabaseTextAsync(this ProvisioningWorld world) => world.Postgres.ReadAsync<string>(
        """
        SELECT string_agg(query_to_xml(format('SELECT * FROM %I.%I', schemaname, tablename), true, true, '')::text, '')
        FROM pg_tables WHERE schemaname = 'public'
        """);

    private static async Task<string> ReadableAsync(this ProvisioningWorld world, WorkflowHistory history)
    {
        string json = history.ToJson();
        var payloads = Encrypted().Matches(json).Select(match => new Payload
        {
            Metadata =
            {
                ["encoding"] = ByteString.CopyFromUtf8("binary/encrypted"),
                ["encryption-key-id"] = ByteString.FromBase64(match.Groups["key"].Value),
            },
            Data = ByteString.FromBase64(match.Groups["data"].Value),
        }).ToList();
        if (world.Temporal.Options.DataConverter.PayloadCodec is { } codec)
        {
            payloads = [.. await codec.DecodeAsync(payloads)];
        }

        var plain = PlainData().Matches(json).Select(match => ByteString.FromBase64(match.Groups[1].Value));
        return json + string.Join('\n', payloads.Select(p => p.Data).Concat(plain).Select(data => data.ToStringUtf8()));
    }

    [GeneratedRegex("\"encryption-key-id\":\\s*\"(?<key>[^\"]+)\"[^}]*}\\s*,\\s*\"data\":\\s*\"(?<data>[^\"]+)\"")]
    private static partial Regex Encrypted();

    [GeneratedRegex("\"data\":\\s*\"([^\"]+)\"")]
    private static partial Regex PlainData();
}
