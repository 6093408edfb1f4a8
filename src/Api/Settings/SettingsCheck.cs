using Api.RateLimits;
using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Settings;

namespace Api.Settings;

/// <summary>
/// Reads every setting once at start. A malformed setting stops the process. A missing setting is logged and disables
/// only the routes that need it.
/// </summary>
public static partial class SettingsCheck
{
    /// <exception cref="SettingException">A value is malformed, or not allowed in Production.</exception>
    public static void CheckSettings(this IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Api");
        LogVersion(logger, ProductVersion.Current, Migrations.Newest);
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var probe in services.GetServices<SettingProbe>())
        {
            try
            {
                probe.Read(services);
            }
            catch (MissingSettingException e)
            {
                // Several groups of settings may need the same one.
                if (missing.Add(e.Name))
                {
                    LogMissing(logger, e.Name);
                }
            }
        }

        if (services.GetRequiredService<HttpHead>().CountsCallersAsOne(services.GetRequiredService<RateLimitOptions>()))
        {
            LogOneCaller(logger);
        }
    }

    [LoggerMessage(13, LogLevel.Information, "Version {Version}, for a database with migration {Migration} or later")]
    private static partial void LogVersion(ILogger logger, string version, string migration);

    [LoggerMessage(1, LogLevel.Warning, "{Name} is not set: the routes that need it answer 503 not_configured.")]
    private static partial void LogMissing(ILogger logger, string name);

    [LoggerMessage(6, LogLevel.Warning, "CLIENT_ADDRESS_HEADER is not set, and the Functions host hides the callers' "
        + "addresses: all callers share one limit of sign-ups. Name the header that your gateway sets.")]
    private static partial void LogOneCaller(ILogger logger);
}
