using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Npgsql;
using Temporalio.Activities;

namespace Worker.Saga;

/// <summary>
/// Asked before each call that changes something outside: a try that comes too late (a worker that was frozen, a run
/// that was given up) must not act on a tenant that has gone on without it. One for each call of an activity.
/// </summary>
public sealed class AttemptGuard(NpgsqlDataSource database, TimeProvider time)
{
    private readonly DateTimeOffset begun = time.GetUtcNow();

    /// <summary>For a step: the attempt is the tenant's current one and still being provisioned.</summary>
    public Func<Task> BeforeChange(ProvisionTenantInput input) => () => CheckAsync(input, TenantStatus.Provisioning);

    /// <summary>For an undo: the attempt is the tenant's current one and being rolled back.</summary>
    public Func<Task> BeforeUndo(ProvisionTenantInput input) => () => CheckAsync(input, TenantStatus.RollingBack);

    private async Task CheckAsync(ProvisionTenantInput input, TenantStatus expected)
    {
        var context = ActivityExecutionContext.Current;
        context.CancellationToken.ThrowIfCancellationRequested();
        if (context.Info.StartToCloseTimeout is { } limit && time.GetUtcNow() - begun >= limit)
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
                $"Attempt {input.Attempt} is no longer {expected.ToText()}: it changes nothing any more.");
        }
    }
}
