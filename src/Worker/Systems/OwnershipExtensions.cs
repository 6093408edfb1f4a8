using ControlPlane;

namespace Worker.Systems;

public static class OwnershipExtensions
{
    /// <summary>Throws when this attempt must not use the object.</summary>
    /// <param name="ownership">The owner of the object.</param>
    /// <param name="what">The kind and name of the object, for the message.</param>
    /// <exception cref="ControlPlaneException">
    /// <see cref="ErrorCode.OwnershipConflict"/> or <see cref="ErrorCode.StaleAttempt"/>.
    /// </exception>
    public static Ownership ThrowIfNotOurs(this Ownership ownership, string what) => ownership switch
    {
        Ownership.Foreign => throw new ControlPlaneException(ErrorCode.OwnershipConflict,
            $"The {what} already exists and does not belong to this tenant. It was not changed; remove or rename it."),
        Ownership.HigherAttempt => throw new ControlPlaneException(ErrorCode.StaleAttempt,
            $"The {what} belongs to a later attempt of this tenant."),
        _ => ownership,
    };

    /// <summary>Whether an undo may delete the object: never a foreign one or one of a later attempt.</summary>
    public static bool CanDelete(this Ownership ownership) =>
        ownership is Ownership.Ours or Ownership.LowerAttempt;
}
