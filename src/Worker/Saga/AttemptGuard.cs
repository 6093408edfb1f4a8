using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Npgsql;
using Temporalio.Activities;

namespace Worker.Saga;

/// <summary>
/// Checks, before each change in an outside system, that the activity is still allowed to make it. A stale try (of a
/// suspended worker, or of an abandoned run) must not change a tenant that has moved on. Each activity execution has
/// its own guard.
/// </summary>
public sealed class AttemptGuard(NpgsqlDataSource database, TimeProvider time)
{
    private readonly DateTimeOffset startedAt = time.GetUtcNow();

    /// <summary>Gets the check of a step: the attempt is the current one and the tenant is PROVISIONING.</summary>
    public Func<Task> BeforeChange(ProvisionTenantInput input) => () => CheckAsync(input, TenantStatus.Provisioning);

    /// <summary>Gets the check of an undo: the attempt is the current one and the tenant is ROLLING_BACK.</summary>
    public Func<Task> BeforeUndo(ProvisionTenantInput input) => () => CheckAsync(input, TenantStatus.RollingBack);

    private async Task CheckAsync(ProvisionTenantInput input, TenantStatus expected)
    {
        var context = ActivityExecutionContext.Current;
        context.CancellationToken.ThrowIfCancellationRequested();
        if (context.Info.StartToCloseTimeout is { } timeout
            && time.GetUtcNow() - startedAt >= timeout)
        {
            throw new TimeoutException();
        }

        bool isCurrent = (await database.Command(
            "SELECT 1 FROM tenants WHERE id = $1 AND attempt = $2 AND status = $3",
            input.TenantId, input.Attempt, expected.ToText())
            .ReadAllAsync(row => row.GetInt32(0), context.CancellationToken)).Count == 1;
        if (!isCurrent)
        {
            throw new ControlPlaneException(ErrorCode.StaleAttempt,
                $"Attempt {input.Attempt} is no longer {expected.ToText()} and must not change anything.");
        }
    }
}
