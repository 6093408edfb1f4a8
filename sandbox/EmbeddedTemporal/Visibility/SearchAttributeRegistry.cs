using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Storage;
using Temporalio.Api.OperatorService.V1;

namespace EmbeddedTemporal.Visibility;

/// <summary>
/// The search attributes of all namespaces. The custom ones of a namespace are stored as the request that would
/// register them.
/// </summary>
internal sealed class SearchAttributeRegistry(Shard shard)
{
    private readonly Dictionary<string, AddSearchAttributesRequest> custom = [];

    public ListSearchAttributesResponse List(string ns)
    {
        Require(ns);
        return new ListSearchAttributesResponse
        {
            SystemAttributes = { SearchAttributeTypes.ReadOnly, SearchAttributeTypes.Predefined },
            CustomAttributes = { Custom(ns).SearchAttributes },
        };
    }

    /// <summary>Registers attributes. A name that is registered already keeps its type.</summary>
    public void Add(AddSearchAttributesRequest request)
    {
        Require(request.Namespace);
        if (request.SearchAttributes.Count == 0)
            throw TemporalErrors.InvalidArgument("SearchAttributes are not set on request.");
        var next = Custom(request.Namespace).Clone();
        foreach (var (name, type) in request.SearchAttributes)
        {
            if (IsSystem(name))
                throw TemporalErrors.InvalidArgument($"Search attribute {name} is reserved by system.");
            next.SearchAttributes.TryAdd(name, type);
        }

        foreach (var group in next.SearchAttributes.GroupBy(attribute => attribute.Value))
        {
            var limit = SearchAttributeTypes.Limit(group.Key);
            if (group.Count() <= limit) continue;
            throw TemporalErrors.InvalidArgument(
                "Unable to create search attributes: "
                + $"cannot have more than {limit} search attribute of type {group.Key}.");
        }

        Save(next);
    }

    /// <summary>Removes attributes. An unknown name has no effect.</summary>
    public void Remove(RemoveSearchAttributesRequest request)
    {
        Require(request.Namespace);
        var next = Custom(request.Namespace).Clone();
        foreach (var name in request.SearchAttributes)
        {
            if (IsSystem(name))
                throw TemporalErrors.InvalidArgument($"Unable to remove non-custom search attributes: {name}.");
            next.SearchAttributes.Remove(name);
        }

        Save(next);
    }

    /// <summary>Adds the stored attributes of a namespace.</summary>
    public void Restore(AddSearchAttributesRequest stored) => custom[stored.Namespace] = stored;

    /// <summary>The type of a custom attribute; null if it is not registered.</summary>
    public IndexedValueType? CustomType(string ns, string name) =>
        custom.TryGetValue(ns, out var found) && found.SearchAttributes.TryGetValue(name, out var type) ? type : null;

    /// <summary>Validates values that a client or a workflow sets, and returns them with their types.</summary>
    /// <exception cref="RpcException">InvalidArgument: an unknown attribute, or a value of another type.</exception>
    public SearchAttributes? Validate(string ns, SearchAttributes? attributes)
    {
        if (attributes is null) return null;
        if (FindProblem(ns, attributes) is { } problem) throw TemporalErrors.InvalidArgument(problem);
        var typed = attributes.Clone();
        foreach (var (name, value) in typed.IndexedFields)
            value.Metadata["type"] = ByteString.CopyFromUtf8(SettableType(ns, name)!.Value.ToString());
        return typed;
    }

    /// <summary>The reason to refuse values; null if they can be set.</summary>
    public string? FindProblem(string ns, SearchAttributes? attributes)
    {
        foreach (var (name, value) in attributes?.IndexedFields ?? [])
        {
            if (SearchAttributeTypes.ReadOnly.ContainsKey(name))
                return $"{name} attribute can't be set in SearchAttributes";
            if (SettableType(ns, name) is not { } type)
                return $"Namespace {ns} has no mapping defined for search attribute {name}";
            if (!SearchAttribute.HasType(value, type))
                return $"invalid value for search attribute {name} of type {type}: {SearchAttribute.Show(value)}";
        }

        return null;
    }

    private IndexedValueType? SettableType(string ns, string name) =>
        SearchAttributeTypes.Predefined.TryGetValue(name, out var type) ? type : CustomType(ns, name);

    private AddSearchAttributesRequest Custom(string ns) =>
        custom.GetValueOrDefault(ns) ?? new AddSearchAttributesRequest { Namespace = ns };

    private static bool IsSystem(string name) =>
        SearchAttributeTypes.ReadOnly.ContainsKey(name) || SearchAttributeTypes.Predefined.ContainsKey(name);

    private void Require(string ns)
    {
        if (ns.Length == 0) throw TemporalErrors.InvalidArgument("Namespace is not set on request.");
        shard.Namespaces.Require(ns);
    }

    private void Save(AddSearchAttributesRequest attributes)
    {
        custom[attributes.Namespace] = attributes;
        shard.Store.Put(new RowKey(attributes.Namespace, RowKind.SearchAttributes, 0), attributes);
    }
}
