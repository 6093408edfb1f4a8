namespace ControlPlane;

/// <summary>
/// Reports a violated rule of the control plane. The code is stable and for programs; the message is for a person.
/// </summary>
/// <param name="code">The kind of rule.</param>
/// <param name="message">The found and the expected value; never a secret, a token or a password.</param>
/// <param name="field">
/// The path of the invalid request field, such as <c>plan.tier</c>; null if no field is invalid.
/// </param>
public sealed class ControlPlaneException(ErrorCode code, string message, string? field = null) : Exception(message)
{
    public ErrorCode Code { get; } = code;

    public string? Field { get; } = field;

    public static ControlPlaneException Invalid(string field, string message) =>
        new(ErrorCode.InvalidRequest, message, field);
}
