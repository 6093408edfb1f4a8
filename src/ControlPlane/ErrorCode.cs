namespace ControlPlane;

/// <summary>
/// The kinds of broken rules. Over HTTP each is a snake_case <c>code</c> with one status;
/// in Temporal each is the type of a failure that is not retried.
/// </summary>
public enum ErrorCode
{
    InvalidRequest = 1,
    TokenMissing,
    TokenInvalid,
    TokenExpired,
    TokenWrongLead,
    Forbidden,
    NotFound,
    KeyTaken,
    DomainTaken,
    LeadHasTenant,
    ProvisioningDiffers,
    WrongState,
    PasswordRejected,
    TooManyRequests,
    NotImplemented,
    NotConfigured,
    Unavailable,

    /// <summary>Something with our name is there and is not ours. Nothing was touched.</summary>
    OwnershipConflict,

    /// <summary>The attempt that asks is no longer the tenant's current one.</summary>
    StaleAttempt,
}
