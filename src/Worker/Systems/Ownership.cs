namespace Worker.Systems;

/// <summary>The owner of an existing object, relative to the attempt that wants to use its name.</summary>
public enum Ownership
{
    /// <summary>This attempt: complete the object.</summary>
    Ours = 1,

    /// <summary>An earlier attempt of the same tenant: re-mark the object, or delete it and create a new one.</summary>
    LowerAttempt,

    /// <summary>A later attempt: the caller is stale and does not change the object.</summary>
    HigherAttempt,

    /// <summary>Another tenant, or unknown: the object is never changed.</summary>
    Foreign,
}
