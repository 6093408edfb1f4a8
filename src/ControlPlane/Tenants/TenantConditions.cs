using System.Globalization;

namespace ControlPlane.Tenants;

/// <summary>
/// The FROM and WHERE clauses of the list of tenants (<c>t</c>, with their current attempts <c>a</c>). Only given
/// filters become conditions, so that each has the plan of its own index.
/// </summary>
internal sealed class TenantConditions
{
    private readonly List<string> conditions = [];
    private readonly List<object?> values = [];
    private string source = "tenants t";

    public TenantConditions(TenantFilter filter, TenantCursor? after, DateTimeOffset now)
    {
        AddStatus(filter.Status, now);
        Add(filter.Key, "t.key = {0}");
        Add(filter.Domain, "t.id IN (SELECT tenant_id FROM tenant_domains WHERE domain = {0})");
        Add(filter.Email, "t.id IN (SELECT tenant_id FROM tenant_contacts WHERE lower(email) = {0})");
        Add(filter.Tier?.ToText(), "a.tier = {0}");
        if (filter.Text is { } text)
        {
            AddText(text);
        }

        if (after is not null)
        {
            conditions.Add($"(t.created_at, t.id) < ({Value(after.CreatedAt)}, {Value(after.Id)})");
        }
    }

    public object?[] Values => [.. values];

    /// <summary>Adds a value to the parameters.</summary>
    /// <returns>Its placeholder.</returns>
    public string Value(object value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    public override string ToString() =>
        $"FROM {source} LEFT JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt"
        + (conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions));

    // As Tenant.AsOf: two statuses are not stored.
    private void AddStatus(TenantStatus? status, DateTimeOffset now)
    {
        const string Pending = "t.status = 'PENDING_PROVISION' AND t.attempt = 0 AND t.expires_at";
        switch (status)
        {
            case null:
                break;
            case TenantStatus.ProvisionRecorded:
                conditions.Add("a.state = 'RECORDED'");
                break;
            case TenantStatus.Expired:
                conditions.Add($"(t.status = 'EXPIRED' OR {Pending} <= {Value(now)})");
                break;
            case TenantStatus.PendingProvision:
                conditions.Add($"{Pending} > {Value(now)}");
                break;
            default:
                conditions.Add($"t.status = {Value(status.Value.ToText())} AND a.state IS DISTINCT FROM 'RECORDED'");
                break;
        }
    }

    private void Add(string? value, string condition)
    {
        if (value is not null)
        {
            conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, Value(value)));
        }
    }

    private void AddText(string text)
    {
        string beginning = Value(Escape(text.ToLowerInvariant()) + "%");
        string words = Value(string.Join(
            " & ", text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(BeginningOfWord)));
        const string Columns = "t.id, t.key, t.status, t.attempt, t.created_at, t.expires_at";
        source =
            $"""
            (SELECT {Columns} FROM tenants t WHERE t.key LIKE {beginning}
             UNION SELECT {Columns} FROM tenants t
             WHERE to_tsvector('simple', t.name) @@ to_tsquery('simple', {words})
             UNION SELECT {Columns} FROM tenant_domains d JOIN tenants t ON t.id = d.tenant_id
             WHERE d.domain LIKE {beginning}
             UNION SELECT {Columns} FROM tenant_contacts c JOIN tenants t ON t.id = c.tenant_id
             WHERE lower(c.email) LIKE {beginning}) t
            """;
    }

    // Quoted, so that a character of the text is no operator.
    private static string BeginningOfWord(string word) =>
        $"'{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}':*";

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
