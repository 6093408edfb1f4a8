using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Schedules;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<CreateScheduleResponse> CreateSchedule(CreateScheduleRequest request, ServerCallContext context) =>
        shard.Turn(() =>
        {
            Check(request.InitialPatch);
            var (entry, isNew) = shard.Schedules.Create(request);
            if (isNew && request.InitialPatch is { } patch) Apply(entry, patch);
            return new CreateScheduleResponse { ConflictToken = entry.ConflictToken };
        });

    public Task<DescribeScheduleResponse> DescribeSchedule(
        DescribeScheduleRequest request, ServerCallContext context) => shard.Turn(() =>
            shard.Schedules.Require(request.Namespace, request.ScheduleId).Describe());

    public Task<UpdateScheduleResponse> UpdateSchedule(UpdateScheduleRequest request, ServerCallContext context) =>
        shard.Turn(() =>
        {
            var entry = shard.Schedules.Require(request.Namespace, request.ScheduleId);
            // Temporal drops such an update without a word.
            if (!request.ConflictToken.IsEmpty && request.ConflictToken != entry.ConflictToken)
                throw TemporalErrors.FailedPrecondition("mismatched conflict token");
            entry.Update(ScheduleRules.Checked(request.Schedule), request.SearchAttributes, request.Memo);
            return new UpdateScheduleResponse();
        });

    public Task<PatchScheduleResponse> PatchSchedule(PatchScheduleRequest request, ServerCallContext context) =>
        shard.Turn(() =>
        {
            if (request.Patch is null) throw TemporalErrors.InvalidArgument("Patch is not set on request.");
            Check(request.Patch);
            Apply(shard.Schedules.Require(request.Namespace, request.ScheduleId), request.Patch);
            return new PatchScheduleResponse();
        });

    public Task<DeleteScheduleResponse> DeleteSchedule(DeleteScheduleRequest request, ServerCallContext context) =>
        shard.Turn(() =>
        {
            shard.Schedules.Delete(request.Namespace, request.ScheduleId);
            return new DeleteScheduleResponse();
        });

    public Task<ListSchedulesResponse> ListSchedules(ListSchedulesRequest request, ServerCallContext context) =>
        shard.Turn(() =>
        {
            shard.Namespaces.Require(request.Namespace);
            if (request.Query.Length > 0) throw TemporalErrors.NotBuilt("queries over schedules");
            var size = request.MaximumPageSize > 0 ? request.MaximumPageSize : DefaultListSize;
            var skipped = Skipped(request.NextPageToken);
            var rest = shard.Schedules.Of(request.Namespace).Skip(skipped).Take(size + 1).ToList();
            var response = new ListSchedulesResponse { Schedules = { rest.Take(size).Select(entry => entry.Entry()) } };
            if (rest.Count > size)
            {
                response.NextPageToken = new PageToken(skipped + size).ToBytes();
            }

            return response;
        });

    /// <summary>As a whole, before anything is changed.</summary>
    private static void Check(SchedulePatch? patch)
    {
        if (patch is null) return;
        if (patch.BackfillRequest.Count > 0) throw TemporalErrors.NotBuilt("backfills of schedules");
        if (patch.TriggerImmediately is { } trigger)
            ScheduleRules.Checked(trigger.OverlapPolicy, ScheduleOverlapPolicy.Skip);
    }

    private static void Apply(ScheduleEntry entry, SchedulePatch patch)
    {
        if (patch.TriggerImmediately is { } trigger) entry.Trigger(trigger.OverlapPolicy);
        if (patch.Pause.Length > 0) entry.Pause(true, patch.Pause);
        if (patch.Unpause.Length > 0) entry.Pause(false, patch.Unpause);
    }

    private static int Skipped(ByteString token) =>
        token.IsEmpty ? 0 : (int)Math.Min(PageToken.Parse(token).Next, int.MaxValue);
}
