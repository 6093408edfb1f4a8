using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Steps;
using Worker.Telemetry;

namespace Worker.Saga;

public sealed record RollbackReason(ProvisionTenantInput Input, ProvisioningFailure Failure);

/// <param name="Status">The tenant's; only ROLLING_BACK means that there is anything to undo.</param>
/// <param name="Settle">How long to wait between the undo and reading the systems again.</param>
/// <param name="Notifies">Whether mails can be sent, also when the attempt failed before it had a plan.</param>
/// <param name="Steps">
/// The attempt's plan: whose systems are read again. Null in histories from before it was told.
/// </param>
/// <param name="Reason">As it was written first, by whoever began the rollback. Null as above.</param>
public sealed record RollbackBegun(
    string Status, TimeSpan Settle, bool Notifies, IReadOnlyList<string>? Steps, ProvisioningFailure? Reason);

public sealed record UnreadSystem(ProvisionTenantInput Input, string Step, string Reason);

public sealed record ParkedStep(ProvisionTenantInput Input, string Step);

/// <summary>What a rollback writes into the control database.</summary>
public sealed partial class RollbackActivities(
    ProvisioningTransitions transitions,
    ProvisioningJournal journal,
    ResidueRecords residue,
    StepSwitches switches,
    WorkerOptions options,
    ILogger<RollbackActivities> logger)
{
    private static CancellationToken CancellationToken => ActivityExecutionContext.Current.CancellationToken;

    [Activity("BeginRollback")]
    public async Task<RollbackBegun> BeginAsync(RollbackReason why)
    {
        var (input, failure) = why;
        var status = await transitions.BeginRollbackAsync(input.TenantId, input.Attempt, failure, CancellationToken);
        if (status == TenantStatus.Active)
        {
            // The answer of the activation was lost, and its step was given up. The tenant's row decides.
            await journal.StepDoneAsync(input.TenantId, input.Attempt, ActivateTenant.Id, CancellationToken);
        }

        string begun = status?.ToText() ?? ProvisioningSaga.Stale;
        LogBegun(input.TenantId, input.Attempt, failure.FailedStep, failure.Code, begun);
        return await DescribeAsync(input, begun);
    }

    [Activity("ResumeRollback")]
    public async Task<RollbackBegun> ResumeAsync(ProvisionTenantInput input)
    {
        string runId = ActivityExecutionContext.Current.Info.WorkflowRunId!;
        var status = await transitions.ResumeRollbackAsync(input.TenantId, input.Attempt, runId, CancellationToken);
        string resumed = status?.ToText() ?? ProvisioningSaga.Stale;
        LogResumed(input.TenantId, input.Attempt, resumed);
        return await DescribeAsync(input, resumed);
    }

    [Activity("AssumeResidue")]
    public Task AssumeResidueAsync(UnreadSystem unread) =>
        residue.AssumeAsync(
            unread.Input.TenantId,
            unread.Input.Attempt,
            StepList.Get(unread.Step).ResourceTypes,
            $"It could not be looked for. {unread.Reason}",
            CancellationToken);

    [Activity("EndRollback")]
    public async Task<string> EndAsync(ProvisionTenantInput input)
    {
        string runId = ActivityExecutionContext.Current.Info.WorkflowRunId!;
        var status = await transitions.EndRollbackAsync(input.TenantId, input.Attempt, runId, CancellationToken);
        if (status == TenantStatus.RollbackIncomplete)
        {
            var left = await residue.ListAsync(input.TenantId, input.Attempt, CancellationToken);
            string names = string.Join(", ", left.Select(r => Masked.Text($"{r.Type} {r.Name}")));
            LogIncomplete(input.TenantId, input.Attempt, names);
        }

        string ended = status?.ToText() ?? ProvisioningSaga.Stale;
        LogEnded(input.TenantId, input.Attempt, ended);
        return ended;
    }

    [Activity("ParkStep")]
    public async Task ParkAsync(ParkedStep parked)
    {
        await journal.StepParkedAsync(parked.Input.TenantId, parked.Input.Attempt, parked.Step, CancellationToken);
        LogParked(parked.Input.TenantId, parked.Step);
    }

    private async Task<RollbackBegun> DescribeAsync(ProvisionTenantInput input, string status)
    {
        var (reason, plan) = status == TenantStatus.RollingBack.ToText()
            ? await transitions.ReadRollbackAsync(input.TenantId, input.Attempt, switches.Plan, CancellationToken)
            : (null, []);
        bool notifies = !switches.Off.Contains(SendNotification.Id);
        return new RollbackBegun(status, options.RollbackSettle, notifies, plan, reason);
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message =
        "Rolling back tenant {TenantId}, attempt {Attempt}: {Step} failed with {Code}; the tenant is {Status}")]
    private partial void LogBegun(Guid tenantId, int attempt, string? step, string code, string status);

    [LoggerMessage(EventId = 211, Level = LogLevel.Information, Message =
        "Rollback of tenant {TenantId}, attempt {Attempt} ended: {Status}")]
    private partial void LogEnded(Guid tenantId, int attempt, string status);

    // The line an alert is set on.
    [LoggerMessage(EventId = 212, Level = LogLevel.Critical, Message =
        "ROLLBACK_INCOMPLETE tenant {TenantId}, attempt {Attempt}: left behind {Residue}")]
    private partial void LogIncomplete(Guid tenantId, int attempt, string residue);

    [LoggerMessage(EventId = 214, Level = LogLevel.Warning, Message =
        "Going on with the rollback of tenant {TenantId}, attempt {Attempt}; the tenant is {Status}")]
    private partial void LogResumed(Guid tenantId, int attempt, string status);

    [LoggerMessage(EventId = 213, Level = LogLevel.Error, Message =
        "Parked step {Step} of tenant {TenantId}: ask for a new invitation to try again")]
    private partial void LogParked(Guid tenantId, string step);
}
