namespace ControlPlane;

/// <summary>
/// A rule of the control plane was broken. The code is stable and compared; the message is for a person.
/// </summary>
/// <param name="code">What kind of rule.</param>
/// <param name="message">What was found and what is expected; never a secret, a token or a password.</param>
/// <param name="field">
/// The field of the request at fault, as a path such as <c>plan.tier</c>; null where there is none.
/// </param>
public sealed class ControlPlaneException(ErrorCode code, string message, string? field = null) : Exception(message)
{
    public ErrorCode Code { get; } = code;

    public string? Field { get; } = field;

    public static ControlPlaneException Invalid(string field, string message) =>
        new(ErrorCode.InvalidRequest, message, field);
}
