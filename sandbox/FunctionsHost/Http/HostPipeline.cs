using FunctionsHost.Functions;
using FunctionsHost.Workers;

namespace FunctionsHost.Http;

/// <summary>Answers all calls: the host's own routes, the functions, and 404 for the rest.</summary>
internal sealed partial class HostPipeline(
    FunctionsHostOptions options, WorkerSupervisor supervisor, TimeSpan functionTimeout, ILogger log)
{
    private readonly IReadOnlyDictionary<string, string> settings = WorkerEnvironment.SettingsOf(options);
    private FunctionRoutes? routes;

    /// <summary>The routes of the running app; null answers 503.</summary>
    public FunctionRoutes? Routes
    {
        get => Volatile.Read(ref routes);
        set => Volatile.Write(ref routes, value);
    }

    public async Task HandleAsync(HttpContext context)
    {
        // A running host was seen to match a path with two slashes in front.
        if (context.Request.Path.Value is ['/', '/', ..] path)
            context.Request.Path = "/" + path.TrimStart('/');
        if (context.Request.Path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase))
            await HostResponses.AdminAsync(context.Response, options.EnableAuth);
        else if (Routes is not { } running || supervisor.GaveUp.IsCompleted)
            await HostResponses.NotRunningAsync(context.Response);
        else if (HttpMethods.IsTrace(context.Request.Method))
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (await running.MatchAsync(context) is var (function, values))
            await AuthorizeAsync(function, values, context);
        else if (context.Request.Path == "/")
            await HostResponses.HomepageAsync(context.Response, settings);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task AuthorizeAsync(HostedFunction function, RouteValueDictionary values, HttpContext context)
    {
        if (options.EnableAuth && function.AuthLevel != AuthLevel.Anonymous)
        {
            LogNoKeys(log, function.Name, function.AuthLevel);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var id = Guid.CreateVersion7(options.TimeProvider.GetUtcNow()).ToString();
        LogExecuting(log, function.Name, id);
        try
        {
            await RunAsync(new Invocation(id, function, values, context));
            LogExecuted(log, function.Name, id);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(log, function.Name, id, e.Message);
            Refuse(context);
        }
    }

    private async Task RunAsync(Invocation invocation)
    {
        using var timeout = new CancellationTokenSource(functionTimeout, options.TimeProvider);
        var session = await supervisor.CurrentAsync(timeout.Token);
        try
        {
            await session.InvokeAsync(invocation, timeout.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            // Only the end of its process ends a function for certain.
            await supervisor.RestartAsync(session);
            throw new InvocationFailedException($"It did not end within {functionTimeout}; the worker restarts.", e);
        }
    }

    private static void Refuse(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    [LoggerMessage(20, LogLevel.Information, "Executing 'Functions.{Name}' (Id={Id})")]
    private static partial void LogExecuting(ILogger log, string name, string id);

    [LoggerMessage(21, LogLevel.Information, "Executed 'Functions.{Name}' (Succeeded, Id={Id})")]
    private static partial void LogExecuted(ILogger log, string name, string id);

    [LoggerMessage(22, LogLevel.Error, "Executed 'Functions.{Name}' (Failed, Id={Id}): {Reason}")]
    private static partial void LogFailed(ILogger log, string name, string id, string reason);

    [LoggerMessage(23, LogLevel.Warning, "'{Name}' needs a key of level {Level}; this stand-in has no keys.")]
    private static partial void LogNoKeys(ILogger log, string name, AuthLevel level);
}
