using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Hosting;
using Worker.Steps;
using Worker.Telemetry;

namespace Worker.Saga;

/// <summary>The input of BeginRollback.</summary>
public sealed record RollbackReason(ProvisionTenantInput Input, ProvisioningFailure Failure);

/// <summary>The result of BeginRollback and ResumeRollback.</summary>
/// <param name="Status">The tenant's status; there is something to undo only when it is ROLLING_BACK.</param>
/// <param name="Settle">The settle delay between the undos and the final readings.</param>
/// <param name="Notifies">Whether mail is configured, also for an attempt that failed before it had a plan.</param>
/// <param name="Steps">
/// The step ids of the attempt's plan, whose systems are read again. Null in older histories.
/// </param>
/// <param name="Reason">The first recorded reason of the rollback. Null in older histories.</param>
public sealed record RollbackBegun(
    string Status, TimeSpan Settle, bool Notifies, IReadOnlyList<string>? Steps, ProvisioningFailure? Reason);

/// <summary>The input of AssumeResidue: a step whose system could not be read, and why.</summary>
public sealed record UnreadSystem(ProvisionTenantInput Input, string Step, string Reason);

/// <summary>The input of ParkStep.</summary>
public sealed record ParkedStep(ProvisionTenantInput Input, string Step);

/// <summary>The activities with which a rollback writes to the control database.</summary>
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
    public async Task<RollbackBegun> BeginAsync(RollbackReason reason)
    {
        var (input, failure) = reason;
        var status = await transitions.BeginRollbackAsync(input.TenantId, input.Attempt, failure, CancellationToken);
        if (status == TenantStatus.Active)
        {
            // The tenant's row decides: Activate Tenant succeeded, but its answer was lost and the step was given up.
            await journal.PivotDoneAsync(input.TenantId, input.Attempt, ActivateTenant.Id, CancellationToken);
        }

        string outcome = status?.ToText() ?? ProvisioningSaga.Stale;
        LogBegun(input.TenantId, input.Attempt, failure.FailedStep, failure.Code, outcome);
        return await DescribeAsync(input, outcome);
    }

    [Activity("ResumeRollback")]
    public async Task<RollbackBegun> ResumeAsync(ProvisionTenantInput input)
    {
        string runId = ActivityExecutionContext.Current.Info.WorkflowRunId!;
        var status = await transitions.ResumeRollbackAsync(input.TenantId, input.Attempt, runId, CancellationToken);
        string outcome = status?.ToText() ?? ProvisioningSaga.Stale;
        LogResumed(input.TenantId, input.Attempt, outcome);
        return await DescribeAsync(input, outcome);
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

        string outcome = status?.ToText() ?? ProvisioningSaga.Stale;
        LogEnded(input.TenantId, input.Attempt, outcome);
        return outcome;
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
        bool notifies = !switches.SkippedSteps.Contains(SendNotification.Id);
        return new RollbackBegun(status, options.RollbackSettle, notifies, plan, reason);
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Warning, Message =
        "Rolling back tenant {TenantId}, attempt {Attempt}: {Step} failed with {Code}; the tenant is {Status}")]
    private partial void LogBegun(Guid tenantId, int attempt, string? step, string code, string status);

    [LoggerMessage(EventId = 211, Level = LogLevel.Information, Message =
        "Rollback of tenant {TenantId}, attempt {Attempt} ended: {Status}")]
    private partial void LogEnded(Guid tenantId, int attempt, string status);

    // Alerts match the first word of this line.
    [LoggerMessage(EventId = 212, Level = LogLevel.Critical, Message =
        "ROLLBACK_INCOMPLETE tenant {TenantId}, attempt {Attempt}: left behind {Residue}")]
    private partial void LogIncomplete(Guid tenantId, int attempt, string residue);

    [LoggerMessage(EventId = 214, Level = LogLevel.Warning, Message =
        "Resuming the rollback of tenant {TenantId}, attempt {Attempt}; the tenant is {Status}")]
    private partial void LogResumed(Guid tenantId, int attempt, string status);

    [LoggerMessage(EventId = 213, Level = LogLevel.Error, Message =
        "Parked step {Step} of tenant {TenantId}: request a new invitation to retry it")]
    private partial void LogParked(Guid tenantId, string step);
}
