namespace ControlPlane.Settings;

/// <summary>Reports an invalid setting. It stops the process at start with its message, which is one line.</summary>
/// <param name="name">The name of the environment variable.</param>
/// <param name="found">The found value; for a secret only its length or form.</param>
/// <param name="expected">The expected value.</param>
public class SettingException(string name, string found, string expected)
    : Exception($"{name}: found {found}, expected {expected}.")
{
    public string Name { get; } = name;
}

/// <summary>
/// Reports a required setting without a value. The functions answer 503 <c>not_configured</c> with its name.
/// </summary>
public sealed class MissingSettingException(string name, string expected)
    : SettingException(name, "nothing", expected);
