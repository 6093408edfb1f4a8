using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Schedules;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<CreateScheduleResponse> CreateSchedule(CreateScheduleRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            Validate(request.InitialPatch);
            var (entry, isNew) = shard.Schedules.Create(request);
            if (isNew && request.InitialPatch is { } patch) Apply(entry, patch);
            return new CreateScheduleResponse { ConflictToken = entry.ConflictToken };
        });

    public Task<DescribeScheduleResponse> DescribeSchedule(
        DescribeScheduleRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
            shard.Schedules.RequireDescribed(request.Namespace, request.ScheduleId).Describe());

    public Task<UpdateScheduleResponse> UpdateSchedule(UpdateScheduleRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            var entry = shard.Schedules.Require(request.Namespace, request.ScheduleId);
            // Temporal drops such an update silently.
            if (!request.ConflictToken.IsEmpty && request.ConflictToken != entry.ConflictToken)
                throw TemporalErrors.FailedPrecondition("mismatched conflict token");
            shard.Schedules.Validate(request.Namespace, request.SearchAttributes, request.Schedule);
            entry.Update(ScheduleRules.Normalize(request.Schedule), request.SearchAttributes, request.Memo);
            return new UpdateScheduleResponse();
        });

    public Task<PatchScheduleResponse> PatchSchedule(PatchScheduleRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            if (request.Patch is null) throw TemporalErrors.InvalidArgument("Patch is not set on request.");
            Validate(request.Patch);
            Apply(shard.Schedules.Require(request.Namespace, request.ScheduleId), request.Patch);
            return new PatchScheduleResponse();
        });

    public Task<DeleteScheduleResponse> DeleteSchedule(DeleteScheduleRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            shard.Schedules.Delete(request.Namespace, request.ScheduleId);
            return new DeleteScheduleResponse();
        });

    public Task<ListSchedulesResponse> ListSchedules(ListSchedulesRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            shard.Namespaces.Require(request.Namespace);
            if (request.Query.Length > 0) throw TemporalErrors.Unimplemented("queries over schedules");
            var size = request.MaximumPageSize > 0 ? request.MaximumPageSize : DefaultListSize;
            var offset = Offset(request.NextPageToken);
            var page = shard.Schedules.NewestFirst(request.Namespace).Skip(offset).Take(size + 1).ToList();
            var response = new ListSchedulesResponse
            {
                Schedules = { page.Take(size).Select(entry => entry.ToListEntry()) },
            };
            if (page.Count > size)
            {
                response.NextPageToken = new PageToken(offset + size).ToBytes();
            }

            return response;
        });

    /// <summary>Validates the whole patch before anything is changed.</summary>
    private static void Validate(SchedulePatch? patch)
    {
        if (patch is null) return;
        if (patch.BackfillRequest.Count > 0) throw TemporalErrors.Unimplemented("backfills of schedules");
        if (patch.TriggerImmediately is { } trigger)
            ScheduleRules.Normalize(trigger.OverlapPolicy, ScheduleOverlapPolicy.Skip);
    }

    private static void Apply(ScheduleEntry entry, SchedulePatch patch)
    {
        if (patch.TriggerImmediately is { } trigger) entry.Trigger(trigger.OverlapPolicy);
        if (patch.Pause.Length > 0) entry.Pause(true, patch.Pause);
        if (patch.Unpause.Length > 0) entry.Pause(false, patch.Unpause);
    }

    private static int Offset(ByteString token) =>
        token.IsEmpty ? 0 : (int)Math.Min(PageToken.Parse(token).Next, int.MaxValue);
}
