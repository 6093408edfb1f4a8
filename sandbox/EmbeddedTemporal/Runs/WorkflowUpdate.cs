using Temporalio.Api.Update.V1;
using Stage = Temporalio.Api.Enums.V1.UpdateWorkflowExecutionLifecycleStage;

namespace EmbeddedTemporal.Runs;

/// <summary>An update: admitted, then accepted or rejected, then completed.</summary>
internal sealed class WorkflowUpdate(string id)
{
    public string Id => id;

    /// <summary>The caller's request; null if the update was accepted before a restart of the server.</summary>
    public Request? Request { get; init; }

    public Stage Stage { get; set; } = Stage.Admitted;

    public Outcome? Outcome { get; set; }

    /// <summary>The error for the caller if the update has no outcome.</summary>
    public RpcException? Error { get; set; }

    public void Complete(Outcome outcome) => (Stage, Outcome) = (Stage.Completed, outcome);
}
