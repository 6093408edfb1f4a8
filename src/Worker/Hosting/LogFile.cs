using System.Globalization;
using ControlPlane.Settings;
using Microsoft.Extensions.Logging;

namespace Worker.Hosting;

/// <summary>
/// Writes each log line also to a file, as time, level, category and message, for <c>tail -f</c>.
/// </summary>
public sealed class LogFile : ILoggerProvider
{
    private readonly Lock writeLock = new();
    private readonly StreamWriter writer;
    private readonly TimeProvider time;

    /// <exception cref="IOException">The folder cannot be created or written.</exception>
    public LogFile(string path, TimeProvider time)
    {
        this.time = time;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        writer = new StreamWriter(stream) { AutoFlush = true };
    }

    /// <summary>Opens the worker's log file in the folder of <c>LOG_DIR</c>.</summary>
    /// <exception cref="SettingException">The folder cannot be created or written.</exception>
    public static LogFile Open(string folder, TimeProvider time)
    {
        try
        {
            return new LogFile(Path.Combine(folder, "worker.log"), time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException("LOG_DIR", $"'{folder}'", $"a folder that can be written ({e.Message})");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (writeLock)
        {
            writer.Dispose();
        }
    }

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {level} {category}: {message.ReplaceLineEndings(" ")}");
        lock (writeLock)
        {
            writer.WriteLine(exception is null ? line : $"{line}{Environment.NewLine}{exception}");
        }
    }

    private sealed class Category(LogFile file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            file.Write(logLevel, name, formatter(state, exception), exception);
    }
}
