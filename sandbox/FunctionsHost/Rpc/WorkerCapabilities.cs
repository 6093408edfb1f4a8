using FunctionsHost.Rpc.Messages;
using Strategy = FunctionsHost.Rpc.Messages.FunctionEnvironmentReloadResponse.Types.CapabilitiesUpdateStrategy;

namespace FunctionsHost.Rpc;

/// <summary>The features that a worker has announced. A feature with an empty value is not announced.</summary>
internal sealed class WorkerCapabilities(IEnumerable<KeyValuePair<string, string>> values)
{
    private readonly Dictionary<string, string> values = new(values, StringComparer.OrdinalIgnoreCase);

    public static WorkerCapabilities None { get; } = new([]);

    /// <summary>The address to which calls are proxied; null if requests travel over gRPC.</summary>
    public Uri? HttpUri =>
        Uri.TryCreate(values.GetValueOrDefault("HttpUri"), UriKind.Absolute, out var uri) ? uri : null;

    public bool HandlesCancel => Has("HandlesInvocationCancelMessage");

    public bool LoadsCollections => Has("SupportsLoadResponseCollection");

    public bool TakesNullableValues => Has("UseNullableValueDictionaryForHttp");

    public bool TakesBodyOnly => Has("RpcHttpBodyOnly");

    public bool TakesBodyAsBytes => Has("RawHttpBodyBytes");

    public bool DropsEmptyHeaders => Has("IgnoreEmptyValuedRpcHttpHeaders");

    /// <summary>The capabilities after a specialization: added to these, or in their place.</summary>
    public WorkerCapabilities Updated(FunctionEnvironmentReloadResponse answer) =>
        new(answer.CapabilitiesUpdateStrategy == Strategy.Replace
            ? answer.Capabilities
            : values.Where(value => !answer.Capabilities.ContainsKey(value.Key)).Concat(answer.Capabilities));

    private bool Has(string name) => !string.IsNullOrEmpty(values.GetValueOrDefault(name));
}
