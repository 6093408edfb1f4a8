using System.Text.Json.Nodes;
using Sandbox.Storage;

namespace Sandbox.Novu;

/// <summary>Conversion of workflows from and to JSON.</summary>
internal static class WorkflowFields
{
    private static readonly HashSet<string> StepTypes =
        ["in_app", "email", "sms", "chat", "push", "digest", "delay", "trigger", "custom", "throttle"];

    public static Workflow Read(
        NovuBody body, string id, string workflowId, DateTimeOffset created, DateTimeOffset now) => new(
        id,
        workflowId,
        body.RequiredText("name"),
        body.Text("description"),
        // Workflows are inactive by default: they send nothing.
        body.Flag("active") ?? false,
        [.. (body.Array("tags") ?? []).Select(tag => tag?.ToString() ?? "")],
        [.. (body.Array("steps") ?? throw NovuException.Invalid("steps", "steps must be an array", null))
            .Select(step => Step(step, now))],
        created,
        now);

    public static JsonObject Answer(Workflow workflow) => new()
    {
        ["_id"] = workflow.Id,
        ["workflowId"] = workflow.WorkflowId,
        ["slug"] = $"{workflow.WorkflowId}_wf_{workflow.Id}",
        ["name"] = workflow.Name,
        ["description"] = workflow.Description ?? "",
        ["active"] = workflow.Active,
        ["tags"] = new JsonArray([.. workflow.Tags.Select(tag => (JsonNode)tag)]),
        ["origin"] = "novu-cloud",
        ["status"] = workflow.Active ? "ACTIVE" : "INACTIVE",
        ["severity"] = "none",
        ["preferences"] = new JsonObject
        {
            ["user"] = null,
            ["default"] = new JsonObject
            {
                ["all"] = new JsonObject { ["enabled"] = true, ["readOnly"] = false },
                ["channels"] = new JsonObject(),
            },
        },
        ["steps"] = new JsonArray([.. workflow.Steps.Select(step => (JsonNode)Answer(workflow, step))]),
        ["stepTypeOverviews"] = new JsonArray([.. workflow.Steps.Select(step => (JsonNode)step.Type)]),
        ["createdAt"] = Timestamp.Of(workflow.CreatedAt),
        ["updatedAt"] = Timestamp.Of(workflow.UpdatedAt),
    };

    private static JsonObject Answer(Workflow workflow, WorkflowStep step) => new()
    {
        ["_id"] = step.Id,
        ["stepId"] = step.StepId,
        ["name"] = step.Name,
        ["slug"] = $"{step.StepId}_st_{step.Id}",
        ["type"] = step.Type,
        ["origin"] = "novu-cloud",
        ["controls"] = new JsonObject { ["values"] = step.ControlValues.DeepClone() },
        ["controlValues"] = step.ControlValues.DeepClone(),
        ["variables"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() },
        ["workflowId"] = workflow.WorkflowId,
        ["workflowDatabaseId"] = workflow.Id,
    };

    private static WorkflowStep Step(JsonNode? node, DateTimeOffset now)
    {
        var body = new NovuBody(
            node as JsonObject ?? throw NovuException.Invalid("steps", "each step must be an object", node));
        var type = body.RequiredText("type");
        if (!StepTypes.Contains(type))
            throw NovuException.Invalid("steps.type", $"type must be one of {string.Join(", ", StepTypes)}", type);
        var name = body.RequiredText("name");
        var values = body.Object("controlValues") ?? [];
        foreach (var (field, value) in values)
        {
            if (Template.FindUnsupported(value?.ToString() ?? "") is { } unsupported)
                throw NovuException.Invalid(
                    $"steps.controlValues.{field}",
                    "the sandbox supports only {{ path }} with the filters default and escape, and "
                    + "{% if path != blank %}",
                    unsupported);
        }

        return new WorkflowStep(
            body.Text("_id") ?? NovuId.New(now), body.Text("stepId") ?? Identifier(name), name, type, values);
    }

    /// <summary>Derives an identifier from a name: "Tenant welcome" becomes "tenant-welcome".</summary>
    public static string Identifier(string name)
    {
        var separators = name.Where(c => !char.IsAsciiLetterOrDigit(c)).ToArray();
        return string.Join('-', name.ToLowerInvariant().Split(separators, StringSplitOptions.RemoveEmptyEntries));
    }
}
