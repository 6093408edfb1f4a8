using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Testing;

/// <summary>The history of a run as searchable text.</summary>
/// <param name="WorkflowType">The workflow type of the run.</param>
/// <param name="WorkflowId">The workflow id of the run.</param>
/// <param name="Stored">The history as the server stores it: JSON with payloads in base64.</param>
/// <param name="Decrypted">The decrypted payloads, one per line. This text is not stored anywhere.</param>
/// <param name="Plain">The payloads that are stored unencrypted, one per line.</param>
public sealed record HistoryText(
    string WorkflowType, string WorkflowId, string Stored, string Decrypted, string Plain)
{
    private static readonly ByteString Encrypted = ByteString.CopyFromUtf8("binary/encrypted");

    public string Text => string.Join('\n', Stored, Decrypted, Plain);

    /// <summary>Reads the history of every run that the server lists.</summary>
    /// <param name="client">A client whose data converter has the encryption keys.</param>
    public static async Task<IReadOnlyList<HistoryText>> ReadAllAsync(ITemporalClient client)
    {
        var codec = client.Options.DataConverter.PayloadCodec
            ?? throw new ArgumentException("The client has no payload codec to decrypt with.", nameof(client));
        var histories = new List<HistoryText>();
        await foreach (var run in client.ListWorkflowsAsync(""))
        {
            var history = await client.GetWorkflowHandle(run.Id, run.RunId).FetchHistoryAsync();
            histories.Add(await OfAsync(run.WorkflowType, run.Id, history, codec));
        }

        return histories;
    }

    private static async Task<HistoryText> OfAsync(
        string workflowType, string workflowId, WorkflowHistory history, IPayloadCodec codec)
    {
        var payloads = history.Events.SelectMany(PayloadsIn).ToLookup(IsEncrypted);
        var decrypted = await codec.DecodeAsync([.. payloads[true]]);
        return new HistoryText(
            workflowType, workflowId, history.ToJson(), Lines(decrypted), Lines(payloads[false]));
    }

    private static string Lines(IEnumerable<Payload> payloads) =>
        string.Join('\n', payloads.Select(payload => payload.Data.ToStringUtf8()));

    private static bool IsEncrypted(Payload payload) =>
        payload.Metadata.TryGetValue("encoding", out var encoding) && encoding.Equals(Encrypted);

    // In all messages: inputs, results, memos, headers, details and failures.
    private static IEnumerable<Payload> PayloadsIn(IMessage message) => message is Payload payload
        ? [payload]
        : message.Descriptor.Fields.InFieldNumberOrder()
            .Where(field => field.FieldType == FieldType.Message)
            .SelectMany(field => Messages(field.Accessor.GetValue(message)))
            .SelectMany(PayloadsIn);

    private static IEnumerable<IMessage> Messages(object? value) => value switch
    {
        IMessage one => [one],
        IDictionary map => map.Values.OfType<IMessage>(),
        IEnumerable many => many.OfType<IMessage>(),
        _ => [],
    };
}
