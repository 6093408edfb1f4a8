using System.Diagnostics.Metrics;
using Npgsql;

namespace Worker.Telemetry;

/// <summary>
/// The values of the gauges, read from the control database at each collection. When the database cannot be read, a
/// gauge has no value rather than a stale one.
/// </summary>
public sealed class TenantCounts(NpgsqlDataSource database, TelemetryOptions options, TimeProvider time)
{
    private const int TimeoutSeconds = 5;

    /// <summary>Counts the stuck tenants by the state of their attempt: recorded, running, rolling back.</summary>
    public IEnumerable<Measurement<long>> Stuck() => Read(
        """
        SELECT count(t.id), s.state
        FROM unnest(ARRAY['RECORDED', 'RUNNING', 'ROLLING_BACK']) AS s (state)
        LEFT JOIN provisioning_attempts a ON a.state = s.state AND a.state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK')
        LEFT JOIN tenants t ON t.id = a.tenant_id AND t.attempt = a.attempt AND t.updated_at <= $1
        GROUP BY s.state
        """,
        row => new Measurement<long>(row.GetInt64(0), KeyValuePair.Create<string, object?>("state", row.GetString(1))),
        time.GetUtcNow() - options.StuckAfter);

    public long RollingBack() => Count("SELECT count(*) FROM tenants WHERE status = 'ROLLING_BACK'");

    public long RollbackIncomplete() => Count("SELECT count(*) FROM tenants WHERE status = 'ROLLBACK_INCOMPLETE'");

    public long Residue() => Count(
        """
        SELECT count(*) FROM residue r JOIN tenants t ON t.id = r.tenant_id AND t.attempt = r.attempt
        WHERE t.status = 'ROLLBACK_INCOMPLETE'
        """);

    public long Orphans() => Count("SELECT count(*) FROM orphans");

    private long Count(string sql) => Read(sql, row => row.GetInt64(0))[0];

    private List<T> Read<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        using var command = database.CreateCommand(sql);
        command.CommandTimeout = TimeoutSeconds;
        foreach (object value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
