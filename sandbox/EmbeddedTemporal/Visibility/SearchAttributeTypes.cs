using System.Collections.Frozen;

namespace EmbeddedTemporal.Visibility;

/// <summary>The search attributes of every namespace, and the number of others that a namespace can have.</summary>
internal static class SearchAttributeTypes
{
    /// <summary>
    /// The attributes that only the server sets: https://docs.temporal.io/search-attribute#default-search-attribute
    /// </summary>
    public static readonly FrozenDictionary<string, IndexedValueType> ReadOnly =
        new Dictionary<string, IndexedValueType>
        {
            ["WorkflowId"] = IndexedValueType.Keyword,
            ["RunId"] = IndexedValueType.Keyword,
            ["WorkflowType"] = IndexedValueType.Keyword,
            ["StartTime"] = IndexedValueType.Datetime,
            ["ExecutionTime"] = IndexedValueType.Datetime,
            ["CloseTime"] = IndexedValueType.Datetime,
            ["ExecutionStatus"] = IndexedValueType.Keyword,
            ["TaskQueue"] = IndexedValueType.Keyword,
            ["HistoryLength"] = IndexedValueType.Int,
            ["ExecutionDuration"] = IndexedValueType.Int,
            ["StateTransitionCount"] = IndexedValueType.Int,
            ["HistorySizeBytes"] = IndexedValueType.Int,
            ["ParentWorkflowId"] = IndexedValueType.Keyword,
            ["ParentRunId"] = IndexedValueType.Keyword,
            ["RootWorkflowId"] = IndexedValueType.Keyword,
            ["RootRunId"] = IndexedValueType.Keyword,
        }.ToFrozenDictionary();

    /// <summary>The attributes that exist in every namespace and that workflows and clients set.</summary>
    public static readonly FrozenDictionary<string, IndexedValueType> Predefined =
        new Dictionary<string, IndexedValueType>
        {
            ["BatcherNamespace"] = IndexedValueType.Keyword,
            ["BatcherUser"] = IndexedValueType.Keyword,
            ["BinaryChecksums"] = IndexedValueType.KeywordList,
            ["BuildIds"] = IndexedValueType.KeywordList,
            ["TemporalChangeVersion"] = IndexedValueType.KeywordList,
            ["TemporalNamespaceDivision"] = IndexedValueType.Keyword,
            ["TemporalPauseInfo"] = IndexedValueType.KeywordList,
            ["TemporalScheduledById"] = IndexedValueType.Keyword,
            ["TemporalScheduledStartTime"] = IndexedValueType.Datetime,
            ["TemporalSchedulePaused"] = IndexedValueType.Bool,
            ["TemporalWorkerDeployment"] = IndexedValueType.Keyword,
            ["TemporalWorkerDeploymentVersion"] = IndexedValueType.Keyword,
            ["TemporalWorkflowVersioningBehavior"] = IndexedValueType.Keyword,
        }.ToFrozenDictionary();

    /// <summary>The number of custom attributes of a type in a namespace, as in Temporal's SQL stores.</summary>
    public static int Limit(IndexedValueType type) => type switch
    {
        IndexedValueType.Keyword => 10,
        IndexedValueType.Unspecified => 0,
        _ => 3,
    };
}
