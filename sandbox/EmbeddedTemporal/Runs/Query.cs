using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>A question to a run that waits for its answer.</summary>
internal sealed class Query(string id, WorkflowQuery question)
{
    private readonly TaskCompletionSource<WorkflowQueryResult> answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;

    public WorkflowQuery Question => question;

    public Task<WorkflowQueryResult> Answered => answer.Task;

    /// <summary>Takes it out of the queue in which it waits for a worker, if it does.</summary>
    public Action? Withdraw { get; set; }

    public void Answer(WorkflowQueryResult result) => answer.TrySetResult(result);

    public void Refuse(RpcException error) => answer.TrySetException(error);
}
