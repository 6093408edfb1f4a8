using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>A pending query to a run.</summary>
internal sealed class Query(string id, WorkflowQuery content)
{
    private readonly TaskCompletionSource<WorkflowQueryResult> result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;

    public WorkflowQuery Content => content;

    public Task<WorkflowQueryResult> Result => result.Task;

    /// <summary>Removes the query from its task queue; null if it was not offered to a task queue.</summary>
    public Action? Withdraw { get; set; }

    public void Complete(WorkflowQueryResult value) => result.TrySetResult(value);

    public void Fail(RpcException error) => result.TrySetException(error);
}
