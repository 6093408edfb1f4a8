namespace ControlPlane;

/// <summary>
/// The kinds of violated rules. Over HTTP, each is a snake_case <c>code</c> with one status. In Temporal, each is the
/// type of a non-retryable failure.
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

    /// <summary>An object with the tenant's name exists and carries another mark or none. It was not touched.</summary>
    OwnershipConflict,

    /// <summary>The attempt is no longer the tenant's current one.</summary>
    StaleAttempt,

    /// <summary>A sign-up needs a proof of work.</summary>
    ChallengeRequired,

    /// <summary>A request with the same idempotency key is not answered yet.</summary>
    IdempotencyKeyInUse,

    /// <summary>The idempotency key was used for another body.</summary>
    IdempotencyKeyReused,
}
