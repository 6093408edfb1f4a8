using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Testing;

/// <summary>A run's history as text to search.</summary>
/// <param name="WorkflowType">Of the run.</param>
/// <param name="WorkflowId">Of the run.</param>
/// <param name="Stored">As the server has it: JSON, its payloads in base64.</param>
/// <param name="Decrypted">What its encrypted payloads say, a line each; stands nowhere else.</param>
/// <param name="Plain">What the payloads say that are stored as they are, a line each.</param>
public sealed record HistoryText(
    string WorkflowType, string WorkflowId, string Stored, string Decrypted, string Plain)
{
    private static readonly ByteString Encrypted = ByteString.CopyFromUtf8("binary/encrypted");

    public string Text => string.Join('\n', Stored, Decrypted, Plain);

    /// <summary>Of every run that the server lists.</summary>
    /// <param name="client">Its converter holds the keys.</param>
    public static async Task<IReadOnlyList<HistoryText>> ReadAllAsync(ITemporalClient client)
    {
        var codec = client.Options.DataConverter.PayloadCodec
            ?? throw new ArgumentException("Without keys nothing is decrypted.", nameof(client));
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

    // Wherever they stand: in inputs, results, memos, headers, details and failures.
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
