namespace FunctionsHost.Hosting;

/// <summary>Writes logs to the console.</summary>
internal sealed class HostOutputLoggerProvider(HostOutput output, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(output, time, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(HostOutput output, TimeProvider time, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            output.WriteLog(time.GetUtcNow(), logLevel, category, formatter(state, exception));
    }
}
