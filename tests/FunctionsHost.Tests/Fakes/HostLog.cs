using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace FunctionsHost.Tests.Fakes;

/// <summary>The lines of the host's log, such as "Warning Function.Wait.User: text".</summary>
internal sealed class HostLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Channel<string> added = Channel.CreateUnbounded<string>();

    public IReadOnlyCollection<string> Lines => lines;

    /// <summary>Waits for a line with this text, among those that no earlier wait has passed.</summary>
    public Task<string> LineAsync(string text) => FindAsync(text).LimitedAsync();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private async Task<string> FindAsync(string text)
    {
        await foreach (var line in added.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException("The log has ended.");
    }

    private void Add(string line)
    {
        lines.Enqueue(line);
        added.Writer.TryWrite(line);
    }

    private sealed class Logger(HostLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            log.Add($"{logLevel} {category}: {formatter(state, exception)}");
    }
}
