using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs;

/// <summary>One update on its way: admitted, then accepted (or refused), then completed.</summary>
internal sealed class WorkflowUpdate(string id)
{
    public string Id => id;

    /// <summary>What the caller asked for; null for one that was accepted before the server's restart.</summary>
    public Request? Request { get; init; }

    public Stage Stage { get; set; } = Stage.Admitted;

    public Outcome? Outcome { get; set; }

    /// <summary>Why the caller gets no outcome at all.</summary>
    public RpcException? Error { get; set; }

    public void Complete(Outcome outcome) => (Stage, Outcome) = (Stage.Completed, outcome);
}
