using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;

namespace ControlPlane.Telemetry;

/// <summary>Application Insights as a receiver of the metrics.</summary>
/// <param name="ConnectionString"><c>APPLICATIONINSIGHTS_CONNECTION_STRING</c>.</param>
/// <param name="Entra">
/// The endpoint that issues tokens, with <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>; null: the key in the
/// connection string authenticates.
/// </param>
public sealed record AzureMonitorOptions(string ConnectionString, EntraOptions? Entra)
{
    private const string AuthenticationSetting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <returns>The options, or null if there is no connection string.</returns>
    /// <exception cref="SettingException">A value is not in the form that Azure documents.</exception>
    public static AzureMonitorOptions? Find(SettingsReader settings)
    {
        if (settings.Find("APPLICATIONINSIGHTS_CONNECTION_STRING") is not { } connection)
        {
            return null;
        }

        if (!connection.Contains("InstrumentationKey=", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingException("APPLICATIONINSIGHTS_CONNECTION_STRING",
                $"{connection.Length} characters without InstrumentationKey", "the text that Azure shows");
        }

        return new AzureMonitorOptions(connection, settings.Find(AuthenticationSetting) switch
        {
            null => null,
            { } text when Parts(text).Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase)
                => EntraOptions.From(settings),
            _ => throw new SettingException(AuthenticationSetting, "another method", "Authorization=AAD"),
        });
    }

    /// <summary>Returns only the type name: the connection string may hold a key.</summary>
    public override string ToString() => nameof(AzureMonitorOptions);

    private static string[] Parts(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
