using System.Collections.Concurrent;
using FunctionsHost.Rpc.Messages;

namespace FunctionsHost.Rpc;

/// <summary>Writes the worker's log messages; those of a function's code have its name in their category.</summary>
internal sealed class WorkerLogs(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, string> functions = new();

    public void Begin(string invocationId, string function) => functions[invocationId] = function;

    public void End(string invocationId) => functions.TryRemove(invocationId, out _);

    public void Write(RpcLog log)
    {
        if (log.LogCategory == RpcLog.Types.RpcLogCategory.CustomMetric)
            return;
        var logger = loggers.CreateLogger(CategoryOf(log));
        var level = (LogLevel)log.Level;
        var text = log.Exception is { } error ? $"{log.Message}\n{error.Message}\n{error.StackTrace}" : log.Message;
        // The worker has formatted the message: it is text and no template.
        logger.Log(level, default, text, exception: null, static (state, _) => state);
    }

    private string CategoryOf(RpcLog log) => log switch
    {
        { LogCategory: RpcLog.Types.RpcLogCategory.User } when functions.TryGetValue(log.InvocationId, out var name) =>
            $"Function.{name}.User",
        { Category: "" } => "Worker",
        _ => log.Category,
    };
}
