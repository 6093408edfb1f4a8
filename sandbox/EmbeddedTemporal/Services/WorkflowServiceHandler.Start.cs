using EmbeddedTemporal.Engine;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<StartWorkflowExecutionResponse> StartWorkflowExecution(
        StartWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Namespaces.Require(request.Namespace);
        var (run, started) = shard.Runs.Starter.Start(request);
        return new StartWorkflowExecutionResponse
        {
            RunId = run.RunId,
            FirstExecutionRunId = run.State.Started.FirstExecutionRunId,
            Started = started,
            Status = run.State.Status,
        };
    });

    public Task<SignalWithStartWorkflowExecutionResponse> SignalWithStartWorkflowExecution(
        SignalWithStartWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Namespaces.Require(request.Namespace);
        SizeLimits.RequireSmall(request.SignalInput);
        var (run, started) = shard.Runs.Starter.Start(StartRequest(request));
        if (run.State.IsOpen)
        {
            run.Signal(new()
            {
                SignalName = request.SignalName,
                Input = request.SignalInput,
                Identity = request.Identity,
                Header = request.Header,
                RequestId = request.RequestId,
            });
        }

        return new SignalWithStartWorkflowExecutionResponse
        {
            RunId = run.RunId,
            FirstExecutionRunId = run.State.Started.FirstExecutionRunId,
            Started = started,
        };
    });

    private static WorkflowIdConflictPolicy GetConflictPolicy(SignalWithStartWorkflowExecutionRequest request) =>
        request switch
        {
            { WorkflowIdConflictPolicy: not WorkflowIdConflictPolicy.Unspecified } => request.WorkflowIdConflictPolicy,
#pragma warning disable CS0612 // Deprecated in favour of the conflict policy, but clients still send it.
            { WorkflowIdReusePolicy: WorkflowIdReusePolicy.TerminateIfRunning } =>
#pragma warning restore CS0612
                WorkflowIdConflictPolicy.TerminateExisting,
            _ => WorkflowIdConflictPolicy.UseExisting,
        };

    private static StartWorkflowExecutionRequest StartRequest(SignalWithStartWorkflowExecutionRequest request) => new()
    {
        Namespace = request.Namespace,
        WorkflowId = request.WorkflowId,
        WorkflowType = request.WorkflowType,
        TaskQueue = request.TaskQueue,
        Input = request.Input,
        WorkflowExecutionTimeout = request.WorkflowExecutionTimeout,
        WorkflowRunTimeout = request.WorkflowRunTimeout,
        WorkflowTaskTimeout = request.WorkflowTaskTimeout,
        Identity = request.Identity,
        RequestId = request.RequestId,
        WorkflowIdReusePolicy = request.WorkflowIdReusePolicy,
        WorkflowIdConflictPolicy = GetConflictPolicy(request),
        RetryPolicy = request.RetryPolicy,
        CronSchedule = request.CronSchedule,
        Memo = request.Memo,
        SearchAttributes = request.SearchAttributes,
        Header = request.Header,
        WorkflowStartDelay = request.WorkflowStartDelay,
        UserMetadata = request.UserMetadata,
        Priority = request.Priority,
    };
}
