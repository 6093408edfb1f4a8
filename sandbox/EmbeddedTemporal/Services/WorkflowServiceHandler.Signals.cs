using EmbeddedTemporal.Engine;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<SignalWorkflowExecutionResponse> SignalWorkflowExecution(
        SignalWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        SizeLimits.RequireSmall(request.Input);
        shard.Runs.RequireOpen(request.Namespace, request.WorkflowExecution).Signal(new()
        {
            SignalName = request.SignalName,
            Input = request.Input,
            Identity = request.Identity,
            Header = request.Header,
            RequestId = request.RequestId,
        });
        return new SignalWorkflowExecutionResponse();
    });

    public Task<RequestCancelWorkflowExecutionResponse> RequestCancelWorkflowExecution(
        RequestCancelWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Runs.Require(request.Namespace, request.WorkflowExecution, request.FirstExecutionRunId)
            .RequestCancel(new() { Cause = request.Reason, Identity = request.Identity });
        return new RequestCancelWorkflowExecutionResponse();
    });

    public Task<TerminateWorkflowExecutionResponse> TerminateWorkflowExecution(
        TerminateWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Runs.RequireOpen(request.Namespace, request.WorkflowExecution, request.FirstExecutionRunId)
            .Terminate(request.Reason, request.Details, request.Identity);
        return new TerminateWorkflowExecutionResponse();
    });
}
