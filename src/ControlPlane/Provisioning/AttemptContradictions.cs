namespace ControlPlane.Provisioning;

/// <summary>
/// Refuses to undo an attempt that the database has as open although its run has completed. Only a restored older
/// database can be in that state, and the tenant is live: its objects must not be deleted.
/// </summary>
public sealed class AttemptContradictions(ProvisioningRuns runs, ProvisioningAttempts attempts)
{
    /// <exception cref="ControlPlaneException">
    /// <c>wrong_state</c>: there is a contradiction; <c>unavailable</c>: Temporal cannot be reached.
    /// </exception>
    public async Task RequireNoneAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        // The attempt is read again, since the run may have ended after the caller read it.
        if (await runs.HasCompletedAsync(tenantId, attempt, cancellationToken)
            && await attempts.FindAsync(tenantId, attempt, cancellationToken) is { IsOpen: true })
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The run of attempt {attempt} has completed: the tenant is live, and an older database was restored. "
                + "Provision the tenant again with the same subscription, which completes its rows.");
        }
    }
}
