using ControlPlane;
using ControlPlane.Settings;

namespace Functions.Hosting;

/// <summary>
/// Reads every setting once at start: one that cannot be used stops the process, one that is absent is said and stops
/// only the routes that need it.
/// </summary>
public static partial class SettingsCheck
{
    /// <exception cref="SettingException">A value is malformed, or not for Production.</exception>
    public static void CheckSettings(this WebApplication app)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var probe in app.Services.GetServices<SettingProbe>())
        {
            try
            {
                probe.Read(app.Services);
            }
            catch (MissingSettingException e)
            {
                // More than one group may need it.
                if (missing.Add(e.Name))
                {
                    LogMissing(app.Logger, e.Name);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Name} is not set: the routes that need it answer 503 not_configured.")]
    private static partial void LogMissing(ILogger logger, string name);
}
