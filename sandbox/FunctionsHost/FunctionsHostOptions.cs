using FunctionsHost.Workers;

namespace FunctionsHost;

/// <summary>Options of the host. The defaults are those of the real host in production.</summary>
public sealed record FunctionsHostOptions
{
    /// <summary>The folder of the built app: the one with host.json and worker.config.json.</summary>
    public required string AppFolder { get; init; }

    /// <summary>Port on 127.0.0.1; 0 selects a free one.</summary>
    public int Port { get; init; }

    /// <summary>Application settings: environment variables of the worker, above inherited ones.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether the worker also gets the environment of this process. Without it, the worker gets what a process needs
    /// to start (PATH, HOME, …), the host's variables and <see cref="Settings"/>.
    /// </summary>
    public bool InheritEnvironment { get; init; } = true;

    /// <summary>The worker's AZURE_FUNCTIONS_ENVIRONMENT; <c>func start</c> sets Development.</summary>
    public string EnvironmentName { get; init; } = "Production";

    /// <summary>
    /// Whether keys are required, as in production. There is no key store: functions of level Function and Admin and
    /// /admin answer 401 to every caller. False is <c>func start</c>: no function needs a key.
    /// </summary>
    public bool EnableAuth { get; init; } = true;

    /// <summary>
    /// Starts the worker without <see cref="Settings"/> and answers 503 until
    /// <see cref="FunctionsHostServer.SpecializeAsync"/>.
    /// </summary>
    public bool Placeholder { get; init; }

    /// <summary>Starts the worker; by default as a process.</summary>
    public WorkerStarter StartWorker { get; init; } = WorkerProcess.StartAsync;

    /// <summary>Time for a started worker to open its stream.</summary>
    public TimeSpan ProcessStartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for the answer to each message of the start.</summary>
    public TimeSpan WorkerInitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without a byte after which a proxied call ends.</summary>
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Wait after a worker's restart before the next one.</summary>
    public TimeSpan WorkerRestartInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for running invocations to end when the host stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for the worker to end after WorkerTerminate; then it is killed.</summary>
    public TimeSpan WorkerGracePeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Receives the logs of host and worker, filtered by the levels of host.json.</summary>
    public ILoggerProvider? LoggerProvider { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
