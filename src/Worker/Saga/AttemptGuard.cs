using System.Globalization;
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

    /// <summary>
    /// Gets the check of an undo: the attempt is the current one, the tenant is ROLLING_BACK, and the object is not one
    /// that existed before the attempt.
    /// </summary>
    /// <param name="input">The attempt.</param>
    /// <param name="type">The resource type of the objects that the sweep reports.</param>
    public Func<Task> BeforeUndo(ProvisionTenantInput input, string type) => async () =>
    {
        await CheckAsync(input, TenantStatus.RollingBack);
        await RequireOwnWorkAsync(input, type);
    };

    // An older database was restored, and the number of a lost attempt was used again: the marks do not tell the lost
    // attempt's live objects from those of this one. The sweep saw them before.
    private async Task RequireOwnWorkAsync(ProvisionTenantInput input, string type)
    {
        var lost = await database.Command(
            """
            SELECT o.found_at FROM orphans o
            JOIN provisioning_attempts a ON a.tenant_id = o.tenant_id AND a.attempt = o.attempt
            WHERE o.tenant_id = $1 AND o.attempt <= $2 AND o.type = $3 AND o.found_at < a.recorded_at
            """,
            input.TenantId, input.Attempt, type).ReadAllAsync(
                row => row.Time("found_at"), ActivityExecutionContext.Current.CancellationToken);
        if (lost is [var foundAt, ..])
        {
            throw new ControlPlaneException(ErrorCode.OwnershipConflict, string.Create(CultureInfo.InvariantCulture,
                $"The {type} was an orphan at {foundAt:u}, before this attempt was recorded: it belongs to an attempt "
                + $"that a restored database has lost, and may hold the tenant's data. It was not deleted."));
        }
    }

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
