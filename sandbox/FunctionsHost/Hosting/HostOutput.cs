using System.Globalization;

namespace FunctionsHost.Hosting;

/// <summary>The text on the console: the list of functions, warnings, and the log.</summary>
internal sealed class HostOutput(TextWriter writer, bool coloured)
{
    private const string Red = "31";
    private const string Yellow = "33";
    private const string Grey = "90";

    private readonly Lock gate = new();

    /// <summary>Colours are for terminals, and only if NO_COLOR (https://no-color.org) does not forbid them.</summary>
    public static bool IsColoured =>
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void WriteFunctions(FunctionsHostServer host)
    {
        if (host.Functions.Count == 0)
            return;
        WriteLine($"\n{Paint("Functions:", Yellow)}\n");
        foreach (var function in host.Functions)
        {
            var methods = function.Methods.Count == 0 ? "" : $"[{string.Join(',', function.Methods)}]";
            WriteLine($"\t{Paint(function.Name + ":", Yellow)} {methods} {host.UrlOf(function)}\n");
        }
    }

    public void WriteWarning(string text) => WriteLine(Paint(text, Yellow));

    public void WriteLog(DateTimeOffset time, LogLevel level, string category, string text)
    {
        var stamp = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var line = $"[{stamp}] {NameOf(level)}: {category}: {text}";
        WriteLine(level switch
        {
            >= LogLevel.Error => Paint(line, Red),
            LogLevel.Warning => Paint(line, Yellow),
            <= LogLevel.Debug => Paint(line, Grey),
            _ => line,
        });
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    private string Paint(string text, string colour) => coloured ? $"\e[{colour}m{text}\e[0m" : text;

    private void WriteLine(string text)
    {
        lock (gate)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }
}
