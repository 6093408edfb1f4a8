using System.Net;
using ControlPlane.Settings;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace Server;

/// <summary>
/// Creates the builder of the web application according to the rules for custom handlers of Azure Functions.
/// </summary>
public static class ServerBuilder
{
    private static readonly Dictionary<string, string?> LogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
    };

    /// <exception cref="SettingException">The host, a port or <c>local.settings.json</c> is malformed.</exception>
    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // Settings are read only at start. Reloading would set an inotify watch on every folder below.
            Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"],
            ContentRootPath = AppContext.BaseDirectory,
        });
        // The first source, so that every other one (Logging__LogLevel__…) overrides it. No settings file is needed.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });
        LocalSettings.AddTo(builder.Configuration, builder.Environment);
        var settings = new SettingsReader(builder.Configuration, builder.Environment);
        builder.WebHost.UseUrls(ReadListenAddress(settings));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.RaiseHeadLimits();
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        AddConsole(builder.Logging);
        return builder;
    }

    // The Functions host sets the port of its handler and connects only to the loopback address.
    private static string ReadListenAddress(SettingsReader settings)
    {
        if (settings.Find("FUNCTIONS_CUSTOMHANDLER_PORT") is not null)
        {
            return $"http://127.0.0.1:{settings.Number("FUNCTIONS_CUSTOMHANDLER_PORT", 0, 1, 65535)}";
        }

        string host = settings.Text("HOST", "127.0.0.1");
        // Kestrel binds to every interface of the machine for any other name, also for a mistyped one.
        if (!IPAddress.TryParse(host, out var address) && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            throw new SettingException("HOST", $"'{host}'", "an IP address such as 127.0.0.1, or localhost");
        }

        bool isVersion6 = address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        return $"http://{(isVersion6 ? $"[{host}]" : host)}:{settings.Number("PORT", 14000, 0, 65535)}";
    }

    // The Functions host reports every line on standard error as an error.
    private static void AddConsole(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            line.UseUtcTimestamp = true;
            line.ColorBehavior = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
                ? LoggerColorBehavior.Disabled
                : LoggerColorBehavior.Default;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Error);
    }
}
