using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public async Task<UpdateWorkflowExecutionResponse> UpdateWorkflowExecution(
        UpdateWorkflowExecutionRequest request, ServerCallContext context)
    {
        var update = request.Request;
        if (update?.Input is null) throw TemporalErrors.InvalidArgument("request.input is not set on request.");
        if (update.Meta is null or { UpdateId.Length: 0 })
        {
            update.Meta ??= new Meta();
            update.Meta.UpdateId = Guid.CreateVersion7(shard.Now).ToString();
        }

        var (run, admitted) = await shard.ExecuteAsync(() =>
        {
            var found = shard.Runs.Require(request.Namespace, request.WorkflowExecution, request.FirstExecutionRunId);
            return (found, found.Updates.Admit(update));
        });
        await WaitForStageAsync(run, admitted, request.WaitPolicy, context);
        return new UpdateWorkflowExecutionResponse
        {
            UpdateRef = new() { WorkflowExecution = run.Execution, UpdateId = admitted.Id },
            Stage = admitted.Stage,
            Outcome = admitted.Outcome,
        };
    }

    public async Task<PollWorkflowExecutionUpdateResponse> PollWorkflowExecutionUpdate(
        PollWorkflowExecutionUpdateRequest request, ServerCallContext context)
    {
        var (run, update) = await shard.ExecuteAsync(() =>
        {
            var found = shard.Runs.Require(request.Namespace, request.UpdateRef?.WorkflowExecution);
            return (found, found.Updates.Find(request.UpdateRef!.UpdateId)
                ?? throw TemporalErrors.NotFound($"update {request.UpdateRef.UpdateId} not found"));
        });
        await WaitForStageAsync(run, update, request.WaitPolicy, context);
        return new PollWorkflowExecutionUpdateResponse
        {
            UpdateRef = new() { WorkflowExecution = run.Execution, UpdateId = update.Id },
            Stage = update.Stage,
            Outcome = update.Outcome,
        };
    }

    /// <summary>Waits until the update reaches the requested stage or the long poll times out.</summary>
    private async Task WaitForStageAsync(Run run, WorkflowUpdate update, WaitPolicy? policy, ServerCallContext context)
    {
        using var longPoll = StartLongPoll(context);
        var requested = policy?.LifecycleStage ?? Stage.Unspecified;
        while (true)
        {
            var change = await shard.ExecuteAsync(() => update.Error is null ? run.Changed : throw update.Error);
            if (update.Stage >= requested || !await WaitAsync(change, longPoll.Token)) return;
        }
    }
}
