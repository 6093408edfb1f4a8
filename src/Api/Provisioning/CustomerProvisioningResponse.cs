using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace Api.Provisioning;

/// <summary>The progress of a provisioning for the tenant's lead: the product's words, without internals.</summary>
/// <param name="Status">The status of the tenant, as for operators.</param>
/// <param name="IsEnded">True once nothing changes without an operator's act: a page stops asking.</param>
/// <param name="Message">The status as a sentence.</param>
/// <param name="Failure">The reason why the attempt failed; null if it did not.</param>
/// <param name="ApplicationUrl">The address of the application; null until the tenant is ACTIVE.</param>
/// <param name="Steps">The parts of the work in order; empty until it has begun.</param>
public sealed record CustomerProvisioningResponse(
    Guid TenantId, string Status, bool IsEnded, string Message, CustomerFailureResponse? Failure,
    string? ApplicationUrl, CustomerStepResponse[] Steps)
{
    public static CustomerProvisioningResponse From(ProvisioningProgress progress, ApplicationAddress application)
    {
        var tenant = progress.Tenant;
        // The attempt's error stays in its row when an operator begins the next attempt, which has its own row.
        var notice = progress.Attempt?.ErrorCode is { } code ? CustomerNotice.Of(code) : null;
        return new CustomerProvisioningResponse(
            tenant.Id,
            tenant.Status.ToText(),
            IsEndOf(progress),
            MessageOf(tenant.Status),
            notice is null ? null : new CustomerFailureResponse(notice.Code, notice.Sentence, notice.Advice),
            tenant.Status == TenantStatus.Active ? application.For(tenant.Key) : null,
            [
                .. progress.Steps.Where(step => step.State != "SKIPPED" && step.CustomerTitle is not null)
                    .Select(CustomerStepResponse.From),
            ]);
    }

    private static bool IsEndOf(ProvisioningProgress progress) => progress.Tenant.Status switch
    {
        // The last step, the mail, follows.
        TenantStatus.Active => progress.Steps.All(step => step.State is "DONE" or "SKIPPED" or "FAILED" or "PARKED"),
        TenantStatus.ProvisionFailed or TenantStatus.RollbackIncomplete or TenantStatus.Expired
            or TenantStatus.Released => true,
        _ => false,
    };

    private static string MessageOf(TenantStatus status) => status switch
    {
        TenantStatus.PendingProvision => "Your order has arrived. The setup begins soon.",
        TenantStatus.ProvisionRecorded => "The setup is about to begin.",
        TenantStatus.Provisioning => "Your workspace is being set up.",
        TenantStatus.Active => "Your workspace is ready. A mail brings you the link to choose your password.",
        TenantStatus.RollingBack => "The setup did not succeed. Its parts are being removed.",
        TenantStatus.ProvisionFailed or TenantStatus.RollbackIncomplete => "The setup did not succeed.",
        TenantStatus.Expired => "This order has expired. Sign up again to order a workspace.",
        TenantStatus.Released => "This order is closed. Sign up again to order a workspace.",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}

/// <param name="Code">The stable code of the reason, for a program.</param>
/// <param name="Message">The reason, for a person.</param>
/// <param name="Advice">Whether the customer has to do something.</param>
public sealed record CustomerFailureResponse(string Code, string Message, string Advice);

/// <param name="Title">The name of the part, such as <c>Database</c>.</param>
/// <param name="State">
/// PENDING, RUNNING, DELAYED (it is tried again later), DONE, FAILED, or UNDONE (removed since the setup failed).
/// </param>
/// <param name="Progress">How far a RUNNING part is, such as <c>3 of 7 resources</c>; null if it does not tell.</param>
public sealed record CustomerStepResponse(
    string Title, string State, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Progress)
{
    public static CustomerStepResponse From(ProvisioningStep step) =>
        new(step.CustomerTitle!, StateOf(step), step.StartedAt, step.EndedAt, step.Progress);

    private static string StateOf(ProvisioningStep step) => step.State switch
    {
        "WAITING" or "PARKED" => "DELAYED",
        "DONE" when step.UndoState is "DONE" => "UNDONE",
        _ => step.State,
    };
}
