namespace FunctionsHost.Workers;

/// <summary>Starts a worker; returns once it runs, not once it is ready.</summary>
public delegate Task<WorkerHandle> WorkerStarter(WorkerStart start, CancellationToken cancellationToken);

/// <summary>All that a worker is started with.</summary>
public sealed record WorkerStart
{
    public required string WorkerId { get; init; }

    /// <summary>The program of worker.config.json or host.json, such as <c>dotnet</c>.</summary>
    public required string Executable { get; init; }

    /// <summary>Arguments before the host's own, such as <c>App.dll</c>.</summary>
    public required IReadOnlyList<string> ExecutableArguments { get; init; }

    /// <summary>The host's arguments: <c>--functions-uri</c>, <c>--functions-worker-id</c> and others.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>
    /// <see cref="Arguments"/> as the configuration that the .NET worker makes of them. A worker in the process of its
    /// host needs it, because it reads the command line of the process and not its arguments.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Configuration => new Dictionary<string, string?>
    {
        ["Functions:Worker:HostEndpoint"] = ValueOf("--functions-uri"),
        ["Functions:Worker:WorkerId"] = ValueOf("--functions-worker-id"),
        ["Functions:Worker:RequestId"] = ValueOf("--functions-request-id"),
        ["Functions:Worker:GrpcMaxMessageLength"] = ValueOf("--functions-grpc-max-message-length"),
    };

    /// <summary>The whole environment of the worker.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>Receives lines that the worker writes to its console.</summary>
    public required ILogger ConsoleLog { get; init; }

    private string? ValueOf(string argument) =>
        Arguments.SkipWhile(other => other != argument).Skip(1).FirstOrDefault();
}

/// <summary>A running worker.</summary>
public sealed record WorkerHandle
{
    /// <summary>Completes with the exit code when the worker has ended.</summary>
    public required Task<int> Exited { get; init; }

    /// <summary>Ends the worker at once; completes when nothing of it runs.</summary>
    public required Func<Task> KillAsync { get; init; }

    /// <summary>The process id; null if the worker is no process.</summary>
    public int? ProcessId { get; init; }
}
