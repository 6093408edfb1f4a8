using System.Text.Json;
using Refit;

namespace Worker.Systems.Novu;

/// <summary>
/// The part of Novu's API that is used; Refit generates the client. Every answer is wrapped in <c>data</c>.
/// </summary>
public interface INovuApi
{
    /// <summary>Creates or updates.</summary>
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

    /// <summary>Replaces the workflow; steps are kept by their <c>_id</c>.</summary>
    [Put("/v2/workflows/{workflowId}")]
    Task UpdateWorkflowAsync(string workflowId, [Body] NovuWorkflow workflow, CancellationToken cancellationToken);
}

public sealed record NovuAnswer<T>(T Data);

public sealed record NovuSubscriber(string SubscriberId, string Email, string FirstName, string LastName)
{
    /// <summary>Never the address.</summary>
    public override string ToString() => SubscriberId;
}

/// <param name="Name">The workflow's id: so it is called on the wire.</param>
/// <param name="To">Who gets it.</param>
/// <param name="Payload">The template's variables.</param>
/// <param name="TransactionId">The same for the same mail: Novu ignores a repeated one.</param>
public sealed record NovuTrigger(
    string Name, NovuRecipient To, IReadOnlyDictionary<string, string> Payload, string TransactionId)
{
    /// <summary>Never the payload, which holds one-time links.</summary>
    public override string ToString() => $"{Name} {TransactionId}";
}

public sealed record NovuRecipient(string SubscriberId);

/// <param name="Status">Only <c>processed</c> is a success; the HTTP status is 201 for the others too.</param>
public sealed record NovuTriggered(bool Acknowledged, string? Status, string? TransactionId);

/// <param name="Active">False when not said.</param>
public sealed record NovuWorkflow(
    string WorkflowId, string Name, bool Active, IReadOnlyList<NovuStep> Steps, IReadOnlyList<string> Tags);

public sealed record NovuStep(string Type, string Name, IReadOnlyDictionary<string, string> ControlValues);
