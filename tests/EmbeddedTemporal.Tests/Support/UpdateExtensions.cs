using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Support;

internal static class UpdateExtensions
{
    /// <summary>Requests the update "the-update" and waits until the server has admitted it.</summary>
    public static Task AdmitUpdateAsync(this WorkflowHandle run) =>
        run.Client.Connection.WorkflowService.UpdateWorkflowExecutionAsync(new()
        {
            Namespace = "default",
            WorkflowExecution = new() { WorkflowId = run.Id },
            Request = new() { Meta = new() { UpdateId = "the-update" }, Input = new() { Name = "Add" } },
        });
}
