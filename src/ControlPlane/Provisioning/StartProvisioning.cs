using System.Security.Cryptography;
using ControlPlane.Persistence;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <param name="WorkflowId">The workflow id of the tenant's saga.</param>
/// <param name="RunId">The run of the current attempt.</param>
/// <param name="Status">The tenant's status: PROVISION_RECORDED until the run begins.</param>
/// <param name="IsFinished">Whether the tenant is already ACTIVE, so that no run was started.</param>
public sealed record StartedProvisioning(string WorkflowId, string? RunId, TenantStatus Status, bool IsFinished);

/// <summary>
/// Records an attempt and then starts its run. The database is the fence: one transaction checks the state and adds the
/// attempt, so of any number of equal calls one adds it and the others find it. A call that finds an attempt without a
/// run starts the run, which also repairs a crash between the two.
/// </summary>
public sealed partial class StartProvisioning(
    NpgsqlDataSource database, ProvisioningAttempts attempts, ControlPlaneWorkflows workflows, ProvisioningRuns runs,
    TimeProvider time, ILogger<StartProvisioning> logger)
{
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist; <c>provisioning_differs</c>: the open attempt, or the ACTIVE tenant, has another
    /// subscription;
    /// <c>wrong_state</c>; <c>unavailable</c>: Temporal cannot be reached.
    /// </exception>
    public async Task<StartedProvisioning> ExecuteAsync(
        Guid tenantId, Subscription subscription, CancellationToken cancellationToken)
    {
        // Fails before anything is written when Temporal's settings are missing.
        _ = workflows.Client;
        string workflowId = IProvisionTenantWorkflow.WorkflowId(tenantId);
        var recorded = await RecordAsync(tenantId, subscription, cancellationToken);
        if (recorded.Status == TenantStatus.Active)
        {
            return new StartedProvisioning(workflowId, recorded.RunId, recorded.Status, IsFinished: true);
        }

        string runId = await runs.StartAsync(tenantId, recorded.Attempt, cancellationToken);
        await attempts.SaveRunAsync(tenantId, recorded.Attempt, runId, cancellationToken);
        LogStarted(tenantId, recorded.Attempt, runId);
        return new StartedProvisioning(workflowId, runId, recorded.Status, IsFinished: false);
    }

    private async Task<RecordedAttempt> RecordAsync(
        Guid tenantId, Subscription subscription, CancellationToken cancellationToken)
    {
        var recorded = await database.InTransactionAsync(async connection =>
        {
            var tenant = await TenantRepository.FindAndLockAsync(connection, tenantId, cancellationToken)
                ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {tenantId:D}.");
            var attempt = await ProvisioningAttempts.FindCurrentAsync(connection, tenant, cancellationToken);
            var now = time.GetUtcNow();
            var status = tenant.Status;
            if (tenant.IsOverdue(now))
            {
                tenant.Expire(now);
                await TenantRepository.SaveAsync(connection, tenant, cancellationToken);
                status = tenant.Status;
            }
            else if (tenant.Status == TenantStatus.Active)
            {
                RequireSame(attempt, subscription,
                    "The tenant is ACTIVE with another subscription, which `provision` does not change.");
            }
            else if (attempt is { IsOpen: true })
            {
                RequireSame(attempt, subscription,
                    "The tenant is being provisioned with another subscription. Wait until that attempt has ended.");
                status = attempt.State == ProvisioningAttempt.Recorded ? TenantStatus.ProvisionRecorded : status;
            }
            else
            {
                tenant.BeginAttempt(now);
                await TenantRepository.SaveAsync(connection, tenant, cancellationToken);
                await ProvisioningAttempts.AddAsync(connection, tenant, subscription, now, cancellationToken);
                status = TenantStatus.ProvisionRecorded;
            }

            return new RecordedAttempt(tenant.Attempt, attempt?.RunId, status);
        }, cancellationToken);

        // Thrown only after the commit, so that the expiry is kept.
        return recorded.Status != TenantStatus.Expired
            ? recorded
            : throw new ControlPlaneException(ErrorCode.WrongState,
                "The tenant is EXPIRED: it was not provisioned in time and its key is free again. Sign up again.");
    }

    private static void RequireSame(ProvisioningAttempt? attempt, Subscription subscription, string message)
    {
        if (attempt is not null
            && !CryptographicOperations.FixedTimeEquals(attempt.SubscriptionHash, subscription.Hash()))
        {
            throw new ControlPlaneException(ErrorCode.ProvisioningDiffers, message);
        }
    }

    [LoggerMessage(104, LogLevel.Information, "Tenant {TenantId}: attempt {Attempt} has run {RunId}")]
    private partial void LogStarted(Guid tenantId, int attempt, string runId);

    private sealed record RecordedAttempt(int Attempt, string? RunId, TenantStatus Status);
}
