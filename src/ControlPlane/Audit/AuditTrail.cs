using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Audit;

/// <summary>
/// Writes the acts of operators to the audit. Changes of state are written by triggers, in their own transaction.
/// </summary>
public sealed class AuditTrail(NpgsqlDataSource database)
{
    /// <summary>Records an act before it is done: one that cannot be recorded is not done.</summary>
    public Task BeginAsync(AuditActor actor, Guid? tenantId, CancellationToken cancellationToken) =>
        AddAsync(actor, tenantId, "ACT_BEGUN", "BEGUN", cancellationToken);

    /// <param name="actor">The operator.</param>
    /// <param name="tenantId">The tenant of the route, which need not exist.</param>
    /// <param name="outcome">The status of the answer and its code.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task EndAsync(AuditActor actor, Guid? tenantId, string outcome, CancellationToken cancellationToken) =>
        AddAsync(actor, tenantId, "ACT_ENDED", outcome, cancellationToken);

    private Task<int> AddAsync(
        AuditActor actor, Guid? tenantId, string @event, string outcome, CancellationToken cancellationToken) =>
        database.Command(
            """
            INSERT INTO audit_events (tenant_id, event, actor, actor_sub, actor_name, route, outcome, network)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            tenantId, @event, actor.KindText, actor.Sub, actor.Name, actor.Route, outcome, actor.Network)
            .ExecuteAsync(cancellationToken);
}
