using ControlPlane.Settings;

namespace Worker.Systems.Postgres;

/// <summary>The limits of the roles with which applications log in.</summary>
/// <param name="ConnectionLimit"><c>TENANT_DB_CONNECTION_LIMIT</c>: connections of one login at once.</param>
/// <param name="StatementTimeout">
/// <c>TENANT_DB_STATEMENT_TIMEOUT</c>: seconds of a statement; 0: no limit. A session may change it.
/// </param>
/// <param name="AllowsTemporaryTables"><c>TENANT_DB_TEMP_TABLES</c>.</param>
public sealed record TenantLoginOptions(int ConnectionLimit, int StatementTimeout, bool AllowsTemporaryTables)
{
    public static TenantLoginOptions From(SettingsReader settings) => new(
        settings.Number("TENANT_DB_CONNECTION_LIMIT", 20, 1, 10_000),
        settings.Number("TENANT_DB_STATEMENT_TIMEOUT", 60, 0, 86_400),
        settings.Flag("TENANT_DB_TEMP_TABLES", false));
}
