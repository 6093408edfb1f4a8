using Sandbox.Demo;
using Testing;

namespace Torture.Environments;

/// <summary>An instance of everything, as <c>./dev up</c> starts it, with the clocks of impatient people.</summary>
internal sealed class TortureEnvironment : IAsyncDisposable
{
    /// <summary>Within it whatever was killed, and who used it, answers again.</summary>
    public static readonly TimeSpan RecoveryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>For faults that end by themselves; an undo is given up within a minute or two.</summary>
    public const string ShortTimeouts = "0.004";

    /// <summary>As in Production: many at once are slow, which is no reason to give one up.</summary>
    public const string ProductionTimeouts = "1";

    /// <summary>For deaths: longer than a part takes to come back.</summary>
    private const string CrashTimeouts = "0.02";

    // Of the object store there is none: it is off where it is not named.
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

    /// <param name="brokenUndo">The step whose undo the worker only claims to do; null for none.</param>
    /// <param name="timeoutScale">One of the above.</param>
    /// <param name="cancellationToken">Drops what was started.</param>
    public static async Task<TortureEnvironment> StartAsync(string? brokenUndo, string timeoutScale, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string?>
        {
            ["TIMEOUT_SCALE"] = timeoutScale,
            // As long as a request that was sent may still take effect: a real Keycloak makes a realm in seconds.
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
            // It lists what faults of shared calls count; a cell that wants a sweep starts one.
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

    /// <summary>From now on nobody gives up before a part that died is back.</summary>
    public Task UseCrashTimeoutsAsync()
    {
        settings["TIMEOUT_SCALE"] = CrashTimeouts;
        return CrashAsync("worker");
    }

    /// <summary>For the worker, which is killed and comes back without this system.</summary>
    public Task SwitchOffAsync(string system)
    {
        var (setting, off) = Switches[system];
        settings[setting] = off;
        return CrashAsync("worker");
    }

    /// <summary>What was switched off is on again.</summary>
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
        (await Instance.DevAsync("crash", part)).AndSucceeded();
        Observer.Reconnect();
    }

    /// <summary>An operator's.</summary>
    public Task<string> TokenAsync(CancellationToken cancellationToken) => token.GetAsync(cancellationToken);

    // A real Keycloak whose connections died with PostgreSQL refuses some logins before it notices.
    private async Task<string> LogInAsync()
    {
        var limit = TimeProvider.System.GetUtcNow() + RecoveryTimeout;
        var result = await Instance.DevAsync("token");
        while (result.ExitCode != 0 && TimeProvider.System.GetUtcNow() < limit)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            result = await Instance.DevAsync("token");
        }

        return result.AndSucceeded().Output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        CallAudit.Dispose();
        Sandbox.Dispose();
        await Observer.DisposeAsync();
        (await Instance.DevAsync("reset")).AndSucceeded();
    }
}
