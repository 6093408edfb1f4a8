using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>
/// A run of Terraform failed, or its state database did. The message is ours: the text of a provider may contain a
/// secret, and is neither stored nor logged.
/// </summary>
/// <param name="errorClass">The class of the error.</param>
/// <param name="sentence">The reason, without secrets.</param>
public sealed class TerraformException(ErrorClass errorClass, string sentence) : Exception(sentence)
{
    public ErrorClass Class { get; } = errorClass;

    /// <summary>Whether credentials were refused: the worker's, or a provider's.</summary>
    public bool RefusesCredentials { get; init; }
}
