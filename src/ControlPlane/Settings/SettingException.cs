namespace ControlPlane.Settings;

/// <summary>A setting has a value that cannot be used. Stops the process at start with this one line.</summary>
/// <param name="name">The setting's name as in the environment.</param>
/// <param name="found">What was found; of a secret only its length or shape.</param>
/// <param name="expected">What would be right.</param>
public class SettingException(string name, string found, string expected)
    : Exception($"{name}: found {found}, expected {expected}.")
{
    public string Name { get; } = name;
}

/// <summary>
/// A setting that is needed has no value. The functions answer 503 <c>not_configured</c> with its name.
/// </summary>
public sealed class MissingSettingException(string name, string expected)
    : SettingException(name, "nothing", expected);
