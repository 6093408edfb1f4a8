namespace ControlPlane.Tenants;

/// <summary>
/// The status of a tenant: PENDING_PROVISION → PROVISIONING → ACTIVE; PROVISIONING → ROLLING_BACK → PROVISION_FAILED or
/// ROLLBACK_INCOMPLETE; PENDING_PROVISION → EXPIRED; PENDING_PROVISION or PROVISION_FAILED → RELEASED. The database and
/// HTTP use the texts of <see cref="TenantStatusText"/>. PROVISION_RECORDED is shown while the run of a recorded
/// attempt has not begun; the database keeps the status before the attempt until then.
/// </summary>
public enum TenantStatus
{
    PendingProvision = 1,
    Provisioning,
    Active,
    RollingBack,
    ProvisionFailed,
    RollbackIncomplete,
    Expired,
    ProvisionRecorded,
    Released,
}

public static class TenantStatusText
{
    public static string ToText(this TenantStatus status) => status switch
    {
        TenantStatus.PendingProvision => "PENDING_PROVISION",
        TenantStatus.Provisioning => "PROVISIONING",
        TenantStatus.Active => "ACTIVE",
        TenantStatus.RollingBack => "ROLLING_BACK",
        TenantStatus.ProvisionFailed => "PROVISION_FAILED",
        TenantStatus.RollbackIncomplete => "ROLLBACK_INCOMPLETE",
        TenantStatus.Expired => "EXPIRED",
        TenantStatus.Released => "RELEASED",
        TenantStatus.ProvisionRecorded => "PROVISION_RECORDED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static TenantStatus? TryParse(string text) =>
        Enum.GetValues<TenantStatus>().Cast<TenantStatus?>().FirstOrDefault(s => s!.Value.ToText() == text);

    public static TenantStatus Parse(string text) =>
        TryParse(text) ?? throw new FormatException($"'{text}' is not a status of a tenant.");
}
