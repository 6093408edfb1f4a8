using System.Text.Json.Nodes;

namespace Sandbox.Novu;

internal sealed record Subscriber(
    string Id,
    string SubscriberId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string? FirstName = null,
    string? LastName = null,
    string? Email = null,
    string? Phone = null,
    string? Avatar = null,
    string? Locale = null,
    string? Timezone = null,
    JsonObject? Data = null);

internal sealed record Workflow(
    string Id,
    string WorkflowId,
    string Name,
    string? Description,
    bool Active,
    IReadOnlyList<string> Tags,
    IReadOnlyList<WorkflowStep> Steps,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

internal sealed record WorkflowStep(string Id, string StepId, string Name, string Type, JsonObject ControlValues);

/// <summary>An event that was accepted (201), and its outcome.</summary>
/// <param name="Status">Status in the answer; only "processed" is a success.</param>
/// <param name="Outcome">Description of the worker's processing; shown on the page, never to callers.</param>
internal sealed record Trigger(
    DateTimeOffset Time,
    string WorkflowId,
    string? TransactionId,
    IReadOnlyList<string> To,
    string Status,
    string Outcome);

/// <summary>A mail as its recipient would see it.</summary>
/// <param name="Recipient">E-mail address of the subscriber.</param>
/// <param name="Body">HTML or text of the workflow's step, with its variables replaced.</param>
public sealed record Mail(
    long Number,
    DateTimeOffset Time,
    string WorkflowId,
    string TransactionId,
    string SubscriberId,
    string Recipient,
    string Subject,
    string Body,
    JsonObject Payload);
