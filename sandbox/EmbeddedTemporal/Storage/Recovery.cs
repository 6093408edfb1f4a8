using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Schedules;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Storage;

/// <summary>Restores the state of the server from its rows by folding the same events again.</summary>
internal static class Recovery
{
    public static void Load(Shard shard, EmbeddedTemporalOptions options)
    {
        var rows = shard.Store.Load().ToLookup(row => row.Key.Kind);
        foreach (var row in rows[RowKind.Namespace])
            shard.Namespaces.Add(DescribeNamespaceResponse.Parser.ParseFrom(row.Data));
        foreach (var name in options.Namespaces.Distinct().Where(name => !shard.Namespaces.Contains(name)))
        {
            shard.Namespaces.Register(new RegisterNamespaceRequest
            {
                Namespace = name,
                WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(options.Retention),
            });
        }

        foreach (var row in rows[RowKind.SearchAttributes])
            shard.SearchAttributes.Restore(AddSearchAttributesRequest.Parser.ParseFrom(row.Data));
        var events = rows[RowKind.HistoryEvent].ToLookup(row => row.Key.Owner, Event);
        var buffered = rows[RowKind.BufferedEvent].ToLookup(row => row.Key.Owner);
        var progress = rows[RowKind.ActivityProgress].ToLookup(row => row.Key.Owner);
        foreach (var row in rows[RowKind.Run].OrderBy(row => row.Key.Id))
        {
            var run = shard.Runs.Add(Header(row));
            run.Restore(
                events[run.RunId],
                buffered[run.RunId].Select(entry => KeyValuePair.Create(entry.Key.Id, Event(entry))),
                progress[run.RunId].ToDictionary(
                    entry => entry.Key.Id, entry => PendingActivityInfo.Parser.ParseFrom(entry.Data)));
        }

        // Last, because a schedule that catches up checks which of its runs are open.
        foreach (var schedule in rows[RowKind.Schedule].GroupBy(row => row.Key.Owner))
            shard.Schedules.Add(Schedule(shard, [.. schedule.OrderBy(row => row.Key.Id).Select(row => row.Data)]));
    }

    private static ScheduleEntry Schedule(Shard shard, byte[][] rows) => new(
        shard,
        CreateScheduleRequest.Parser.ParseFrom(rows[0]),
        DescribeScheduleResponse.Parser.ParseFrom(rows[1]),
        Timestamp.Parser.ParseFrom(rows[2]).ToDateTimeOffset(),
        // A file of an earlier version has no such row.
        rows.Length > 3 ? StartWorkflowExecutionRequest.Parser.ParseFrom(rows[3]) : new());

    private static HistoryEvent Event(StoredRow row) => HistoryEvent.Parser.ParseFrom(row.Data);

    private static RunHeader Header(StoredRow row)
    {
        var stored = StartWorkflowExecutionRequest.Parser.ParseFrom(row.Data);
        return new RunHeader(
            stored.Namespace, stored.WorkflowId, row.Key.Owner, stored.RequestId, row.Key.Id);
    }
}
