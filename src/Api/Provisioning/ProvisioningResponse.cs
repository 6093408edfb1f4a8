using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace Api.Provisioning;

/// <param name="Status">
/// The status of the tenant: PENDING_PROVISION, PROVISION_RECORDED (a recorded attempt whose run has not begun),
/// PROVISIONING, ACTIVE, ROLLING_BACK, PROVISION_FAILED, ROLLBACK_INCOMPLETE, EXPIRED or
/// RELEASED.
/// </param>
/// <param name="Attempt">The current attempt; null before the first.</param>
/// <param name="Steps">The steps in order; empty until the attempt's run has begun.</param>
public sealed record ProvisioningResponse(
    Guid TenantId, string Status, string WorkflowId, AttemptResponse? Attempt, StepResponse[] Steps)
{
    public static ProvisioningResponse From(ProvisioningProgress progress) => new(
        progress.Tenant.Id,
        progress.Tenant.Status.ToText(),
        IProvisionTenantWorkflow.WorkflowId(progress.Tenant.Id),
        progress.Attempt is { } attempt ? AttemptResponse.From(attempt) : null,
        progress.Steps.Select(StepResponse.From).ToArray());
}

/// <param name="State">RECORDED, RUNNING, SUCCEEDED, ROLLING_BACK, ROLLED_BACK or ROLLBACK_INCOMPLETE.</param>
/// <param name="FailedStep">The id of the step that failed first.</param>
/// <param name="Error">The error of the failed step; it contains no secret.</param>
/// <param name="ResidueReadAt">
/// The time of the last final readings of all systems; ROLLED_BACK means that they found nothing.
/// </param>
public sealed record AttemptResponse(
    int Number, string State, string? RunId, string? FailedStep, StepError? Error, bool Cancelled,
    DateTimeOffset RecordedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? ResidueReadAt)
{
    public static AttemptResponse From(ProvisioningAttempt attempt) => new(
        attempt.Number, attempt.State, attempt.RunId, attempt.FailedStep,
        StepError.From(attempt.ErrorCode, attempt.Error), attempt.Cancelled, attempt.RecordedAt, attempt.StartedAt,
        attempt.EndedAt, attempt.ResidueReadAt);
}

/// <param name="Step">The id of the step, such as <c>create-idp</c>.</param>
/// <param name="Name">The title of the step, such as <c>Create IdP</c>.</param>
/// <param name="State">PENDING, RUNNING, WAITING (for <c>nextTryAt</c>), DONE, SKIPPED, FAILED or PARKED.</param>
/// <param name="Tries">The number of tries so far.</param>
/// <param name="Progress">How far a RUNNING step is, such as <c>3 of 7 resources</c>; null if it does not tell.</param>
/// <param name="Error">The error of the last failed try; it contains no secret.</param>
/// <param name="Undo">The undo of the step; null before it begins.</param>
public sealed record StepResponse(
    string Step, string Name, string State, int Tries, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? NextTryAt, string? Progress, StepError? Error, UndoResponse? Undo)
{
    public static StepResponse From(ProvisioningStep step) => new(
        step.Step, step.Name, step.State, step.Tries, step.StartedAt, step.EndedAt, step.NextTryAt, step.Progress,
        StepError.From(step.ErrorCode, step.Error),
        step.UndoState is { } state
            ? new UndoResponse(state, step.UndoTries, step.UndoError, step.UndoNextTryAt)
            : null);
}

/// <param name="State">RUNNING, WAITING, DONE or FAILED.</param>
public sealed record UndoResponse(string State, int Tries, string? Error, DateTimeOffset? NextTryAt);

/// <param name="Code">The stable code of the error, for a program.</param>
/// <param name="Message">The description of the error, for a person.</param>
public sealed record StepError(string Code, string Message)
{
    public static StepError? From(string? code, string? message) =>
        code is null && message is null ? null : new StepError(code ?? "unknown", message ?? "");
}
