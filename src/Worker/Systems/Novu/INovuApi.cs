using System.Text.Json;
using System.Text.Json.Serialization;
using Refit;

namespace Worker.Systems.Novu;

/// <summary>
/// The part of Novu's API that the worker uses; Refit generates the client. Every answer is wrapped in <c>data</c>.
/// </summary>
public interface INovuApi
{
    /// <summary>Creates or updates a subscriber.</summary>
    [Post("/v2/subscribers")]
    Task SaveSubscriberAsync([Body] NovuSubscriber subscriber, CancellationToken cancellationToken);

    [Get("/v2/subscribers/{subscriberId}")]
    Task<NovuAnswer<NovuSubscriber>> GetSubscriberAsync(string subscriberId, CancellationToken cancellationToken);

    [Delete("/v2/subscribers/{subscriberId}")]
    Task DeleteSubscriberAsync(string subscriberId, CancellationToken cancellationToken);

    [Post("/v1/events/trigger")]
    Task<NovuAnswer<NovuTriggered>> TriggerAsync([Body] NovuTrigger trigger, CancellationToken cancellationToken);

    [Get("/v2/workflows/{workflowId}")]
    Task<NovuAnswer<JsonElement>> GetWorkflowAsync(string workflowId, CancellationToken cancellationToken);

    [Post("/v2/workflows")]
    Task CreateWorkflowAsync([Body] NovuWorkflow workflow, CancellationToken cancellationToken);

    /// <summary>Replaces the workflow. Steps with a known <c>_id</c> are kept.</summary>
    [Put("/v2/workflows/{workflowId}")]
    Task UpdateWorkflowAsync(string workflowId, [Body] NovuWorkflow workflow, CancellationToken cancellationToken);
}

public sealed record NovuAnswer<T>(T Data);

public sealed record NovuSubscriber(
    string SubscriberId,
    string Email,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FirstName = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastName = null)
{
    /// <summary>Without the address.</summary>
    public override string ToString() => SubscriberId;
}

/// <param name="Name">The workflow's id, which Novu calls <c>name</c> here.</param>
/// <param name="To">The recipient.</param>
/// <param name="Payload">The template's variables.</param>
/// <param name="TransactionId">The same for each try of a mail; Novu ignores a repeated one.</param>
public sealed record NovuTrigger(
    string Name, NovuRecipient To, IReadOnlyDictionary<string, string> Payload, string TransactionId)
{
    /// <summary>Without the payload, which contains one-time links.</summary>
    public override string ToString() => $"{Name} {TransactionId}";
}

public sealed record NovuRecipient(string SubscriberId);

/// <param name="Status">Only <c>processed</c> is a success; the HTTP status is 201 for the other values too.</param>
public sealed record NovuTriggered(bool Acknowledged, string? Status, string? TransactionId);

/// <param name="Active">Novu's default is false.</param>
public sealed record NovuWorkflow(
    string WorkflowId, string Name, bool Active, IReadOnlyList<NovuStep> Steps, IReadOnlyList<string> Tags);

/// <param name="Id">The id of an existing step, which Novu keeps; null: a new step.</param>
public sealed record NovuStep(
    string Type,
    string Name,
    IReadOnlyDictionary<string, string> ControlValues,
    [property: JsonPropertyName("_id")] string? Id = null);
