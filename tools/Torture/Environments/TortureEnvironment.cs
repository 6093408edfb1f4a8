using Sandbox.Demo;
using Testing;

namespace Torture.Environments;

/// <summary>The instance under test, started by <c>./dev up</c> with short timeouts, and its clients.</summary>
internal sealed class TortureEnvironment : IAsyncDisposable
{
    /// <summary>The time within which a killed part and its clients answer again.</summary>
    public static readonly TimeSpan RecoveryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>TIMEOUT_SCALE for transient faults; an undo is given up within a minute or two.</summary>
    public const string ShortTimeouts = "0.004";

    /// <summary>TIMEOUT_SCALE of Production, for many customers at once: slow calls must not count as failed.</summary>
    public const string ProductionTimeouts = "1";

    /// <summary>TIMEOUT_SCALE for killed parts: timeouts exceed the restart time of a part.</summary>
    private const string CrashTimeouts = "0.02";

    // The object store has no switch; it is off if its settings are missing.
    private static readonly Dictionary<string, (string Setting, string Off)> Switches = new()
    {
        ["keycloak"] = ("KEYCLOAK_ENABLED", "false"),
        ["novu"] = ("NOVU_ENABLED", "false"),
        ["s3"] = (TortureWorker.RemovedSettings, "-u S3_ENDPOINT -u AWS_REGION"),
    };

    private readonly Dictionary<string, string?> settings;
    private readonly OperatorToken token;

    private TortureEnvironment(Instance instance, Dictionary<string, string?> settings)
    {
        this.settings = settings;
        Instance = instance;
        Sandbox = new SandboxControl(instance.Novu);
        Api = new ControlPlaneApi(instance.Functions, "");
        Observer = new Observer(instance, Sandbox);
        CallAudit = new CallAudit(Sandbox);
        token = new OperatorToken(LogInAsync);
    }

    public Instance Instance { get; }

    public SandboxControl Sandbox { get; }

    public ControlPlaneApi Api { get; }

    public Observer Observer { get; }

    public CallAudit CallAudit { get; }

    /// <summary>Starts an instance and prepares it for cells.</summary>
    /// <param name="brokenUndo">The step whose undo the worker fakes; null for none.</param>
    /// <param name="timeoutScale">The worker's TIMEOUT_SCALE.</param>
    /// <param name="cancellationToken">Cancels the start and deletes the instance.</param>
    public static async Task<TortureEnvironment> StartAsync(
        string? brokenUndo, string timeoutScale, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?>
        {
            ["TIMEOUT_SCALE"] = timeoutScale,
            // In seconds. Must exceed the time that a sent request takes; a real Keycloak creates a realm in seconds.
            ["ROLLBACK_SETTLE"] = Instance.IsReal ? "10" : "2",
            ["DEV_POSTGRES_PROXY"] = "1",
            ["DEV_KEYCLOAK_COMPILER"] = "4",
        };
        var instance = new Instance("torture", settings);
        settings["DEV_WORKER"] = TortureWorker.WriteScript(instance.State, brokenUndo);
        try
        {
            await instance.UpAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var environment = new TortureEnvironment(instance, settings);
            // A scheduled sweep would make calls that faults on shared calls count.
            await environment.Observer.PauseSweepsAsync(cancellationToken);
            await environment.TokenAsync(cancellationToken);
            await environment.CallAudit.BeginAsync(cancellationToken);
            return environment;
        }
        catch
        {
            await instance.DevAsync("reset");
            throw;
        }
    }

    /// <summary>Restarts the worker with timeouts that exceed the restart time of a part.</summary>
    public Task UseCrashTimeoutsAsync()
    {
        settings["TIMEOUT_SCALE"] = CrashTimeouts;
        return CrashAsync("worker");
    }

    /// <summary>Restarts the worker with this outside system switched off.</summary>
    public Task SwitchOffAsync(string system)
    {
        var (setting, off) = Switches[system];
        settings[setting] = off;
        return CrashAsync("worker");
    }

    /// <summary>Restarts the worker with all systems switched on, if any is off.</summary>
    public async Task SwitchOnAsync()
    {
        var off = Switches.Values.Select(s => s.Setting).Where(name => settings.GetValueOrDefault(name) is not null);
        if (off.ToList() is { Count: > 0 } names)
        {
            names.ForEach(name => settings[name] = null);
            await CrashAsync("worker");
        }
    }

    /// <summary>Kills a part and starts it again.</summary>
    public async Task CrashAsync(string part)
    {
        (await Instance.DevAsync("crash", part)).EnsureSuccess();
        Observer.Reconnect();
    }

    /// <summary>Returns a valid operator token.</summary>
    public Task<string> TokenAsync(CancellationToken cancellationToken) => token.GetAsync(cancellationToken);

    // After a restart of PostgreSQL a real Keycloak fails some logins until it notices its broken connections.
    private async Task<string> LogInAsync()
    {
        var limit = TimeProvider.System.GetUtcNow() + RecoveryTimeout;
        var result = await Instance.DevAsync("token");
        while (result.ExitCode != 0 && TimeProvider.System.GetUtcNow() < limit)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            result = await Instance.DevAsync("token");
        }

        return result.EnsureSuccess().Output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        CallAudit.Dispose();
        Sandbox.Dispose();
        await Observer.DisposeAsync();
        (await Instance.DevAsync("reset")).EnsureSuccess();
    }
}
