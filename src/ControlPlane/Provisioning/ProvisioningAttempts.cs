using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>
/// Reads and writes the rows of <c>provisioning_attempts</c>, and reads those of <c>provisioning_steps</c>.
/// </summary>
public sealed class ProvisioningAttempts(NpgsqlDataSource database)
{
    /// <summary>Finds the tenant's current attempt; null before the first one.</summary>
    public static Task<ProvisioningAttempt?> FindCurrentAsync(
        NpgsqlConnection connection, Tenant tenant, CancellationToken cancellationToken) =>
        ReadAsync(connection.Command, tenant.Id, tenant.Attempt, cancellationToken);

    public Task<ProvisioningAttempt?> FindAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        ReadAsync(database.Command, tenantId, attempt, cancellationToken);

    /// <summary>Lists the steps of the current attempt in their order; none before its run has begun.</summary>
    public static Task<List<ProvisioningStep>> ListCurrentStepsAsync(
        NpgsqlConnection connection, Tenant tenant, CancellationToken cancellationToken) =>
        connection.Command(
            "SELECT * FROM provisioning_steps WHERE tenant_id = $1 AND attempt = $2 ORDER BY position",
            tenant.Id, tenant.Attempt).ReadAllAsync(ReadStep, cancellationToken);

    /// <summary>Adds the tenant's current attempt. The worker's first activity adds its steps.</summary>
    public static Task AddAsync(
        NpgsqlConnection connection, Tenant tenant, Subscription subscription, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        connection.Command(
            """
            INSERT INTO provisioning_attempts
                (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
            VALUES ($1, $2, 'RECORDED', $3::jsonb, $4, $5, $6)
            """,
            tenant.Id, tenant.Attempt, subscription.Canonical, subscription.Hash(), subscription.Plan.Tier.ToText(),
            now).ExecuteAsync(cancellationToken);

    /// <summary>Saves the run of the attempt, unless the worker has already done so.</summary>
    public Task SaveRunAsync(Guid tenantId, int attempt, string runId, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_attempts SET run_id = $3
            WHERE tenant_id = $1 AND attempt = $2 AND state = 'RECORDED'
            """,
            tenantId, attempt, runId).ExecuteAsync(cancellationToken);

    /// <summary>Saves when the failure mail was sent, so that it is sent once.</summary>
    public Task SaveFailureMailAsync(
        Guid tenantId, int attempt, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        database.Command(
            "UPDATE provisioning_attempts SET failure_mail_at = $3 WHERE tenant_id = $1 AND attempt = $2",
            tenantId, attempt, sentAt).ExecuteAsync(cancellationToken);

    private static Task<ProvisioningAttempt?> ReadAsync(
        Func<string, object?[], NpgsqlCommand> command, Guid tenantId, int attempt,
        CancellationToken cancellationToken) =>
        command("SELECT * FROM provisioning_attempts WHERE tenant_id = $1 AND attempt = $2", [tenantId, attempt])
            .ReadFirstAsync(ReadAttempt, cancellationToken);

    private static ProvisioningAttempt ReadAttempt(NpgsqlDataReader row) => new(
        row.Number("attempt"),
        row.Text("state"),
        row.GetFieldValue<byte[]>(row.GetOrdinal("subscription_hash")),
        row.FindText("run_id"),
        row.FindText("failed_step"),
        row.FindText("error_code"),
        row.FindText("error"),
        row.Flag("cancelled"),
        row.Time("recorded_at"),
        row.FindTime("started_at"),
        row.FindTime("ended_at"),
        row.FindTime("residue_read_at"),
        row.FindTime("failure_mail_at"));

    private static ProvisioningStep ReadStep(NpgsqlDataReader row) => new(
        row.Text("step"),
        row.FindText("title"),
        row.FindText("customer_title"),
        row.Text("state"),
        row.Number("tries"),
        row.FindTime("started_at"),
        row.FindTime("ended_at"),
        row.FindTime("next_try_at"),
        row.FindText("error_code"),
        row.FindText("error"),
        row.FindText("undo_state"),
        row.Number("undo_tries"),
        row.FindText("undo_error"),
        row.FindTime("undo_next_try_at"),
        row.Text("state") == "RUNNING" ? row.FindText("progress") : null);
}
