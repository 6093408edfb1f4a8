using FunctionsHost.Functions;

namespace FunctionsHost.Workers;

/// <summary>A worker from its start to its end: a language worker or a custom handler.</summary>
internal interface IWorkerSession
{
    WorkerHandle Handle { get; }

    /// <summary>The functions that the worker serves.</summary>
    IReadOnlyList<HostedFunction> Functions { get; }

    /// <summary>Has the worker answer a call. A failed invocation faults the task.</summary>
    Task InvokeAsync(Invocation invocation, CancellationToken cancellationToken);

    /// <summary>Ends every wait for the worker.</summary>
    void Fail(Exception error);

    /// <summary>Asks the worker to end, and ends it after the grace period.</summary>
    Task StopAsync();
}

/// <summary>One call of a function.</summary>
internal sealed record Invocation(
    string Id, HostedFunction Function, RouteValueDictionary RouteValues, HttpContext Context);
