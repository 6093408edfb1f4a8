using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Support;

internal static class Updates
{
    /// <summary>Asks for "the-update" and does not wait for it; the server knows of it when this ends.</summary>
    public static Task AdmitUpdateAsync(this WorkflowHandle run) =>
        run.Client.Connection.WorkflowService.UpdateWorkflowExecutionAsync(new()
        {
            Namespace = "default",
            WorkflowExecution = new() { WorkflowId = run.Id },
            Request = new() { Meta = new() { UpdateId = "the-update" }, Input = new() { Name = "Add" } },
        });
}
