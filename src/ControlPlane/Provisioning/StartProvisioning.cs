using System.Security.Cryptography;
using ControlPlane.Persistence;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <param name="WorkflowId">The workflow id of the tenant's saga.</param>
/// <param name="RunId">The run of the current attempt.</param>
/// <param name="Status">The tenant's status before the run has changed it.</param>
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
    /// The tenant does not exist; <c>provisioning_differs</c>: the open attempt has another subscription;
    /// <c>wrong_state</c>; <c>unavailable</c>: Temporal cannot be reached.
    /// </exception>
    public async Task<StartedProvisioning> ExecuteAsync(
        Guid tenantId, Subscription subscription, CancellationToken cancellationToken)
    {
        // Fails before anything is written when Temporal's settings are missing.
        _ = workflows.Client;
        string workflowId = IProvisionTenantWorkflow.WorkflowId(tenantId);
        var (tenant, attempt) = await RecordAsync(tenantId, subscription, cancellationToken);
        if (tenant.Status == TenantStatus.Active)
        {
            return new StartedProvisioning(workflowId, attempt?.RunId, tenant.Status, IsFinished: true);
        }

        string runId = await runs.StartAsync(tenantId, tenant.Attempt, cancellationToken);
        await attempts.SaveRunAsync(tenantId, tenant.Attempt, runId, cancellationToken);
        LogStarted(tenantId, tenant.Attempt, runId);
        return new StartedProvisioning(workflowId, runId, tenant.Status, IsFinished: false);
    }

    private async Task<(Tenant Tenant, ProvisioningAttempt? Attempt)> RecordAsync(
        Guid tenantId, Subscription subscription, CancellationToken cancellationToken)
    {
        var recorded = await database.InTransactionAsync(async connection =>
        {
            var tenant = await TenantRepository.FindAndLockAsync(connection, tenantId, cancellationToken)
                ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {tenantId:D}.");
            var attempt = await ProvisioningAttempts.FindCurrentAsync(connection, tenant, cancellationToken);
            var now = time.GetUtcNow();
            if (tenant.IsOverdue(now))
            {
                tenant.Expire(now);
                await TenantRepository.SaveAsync(connection, tenant, cancellationToken);
            }
            else if (tenant.Status == TenantStatus.Active)
            {
                // The caller gets the finished run.
            }
            else if (attempt is { IsOpen: true })
            {
                RequireSame(attempt, subscription);
            }
            else
            {
                tenant.BeginAttempt(now);
                await TenantRepository.SaveAsync(connection, tenant, cancellationToken);
                await ProvisioningAttempts.AddAsync(connection, tenant, subscription, now, cancellationToken);
            }

            return (Tenant: tenant, Attempt: attempt);
        }, cancellationToken);

        // Thrown only after the commit, so that the expiry is kept.
        return recorded.Tenant.Status != TenantStatus.Expired
            ? recorded
            : throw new ControlPlaneException(ErrorCode.WrongState,
                "The tenant is EXPIRED: it was not provisioned in time and its key is free again. Sign up again.");
    }

    private static void RequireSame(ProvisioningAttempt attempt, Subscription subscription)
    {
        if (!CryptographicOperations.FixedTimeEquals(attempt.SubscriptionHash, subscription.Hash()))
        {
            throw new ControlPlaneException(ErrorCode.ProvisioningDiffers,
                "The tenant is being provisioned with another subscription. Wait until that attempt has ended.");
        }
    }

    [LoggerMessage(104, LogLevel.Information, "Tenant {TenantId}: attempt {Attempt} has run {RunId}")]
    private partial void LogStarted(Guid tenantId, int attempt, string runId);
}
