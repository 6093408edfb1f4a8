using System.Globalization;
using Xunit;

namespace Testing;

/// <summary>
/// A complete instance, as <c>./dev up</c> starts it, in its own folder. Below <c>TEST_STATE</c>, which
/// <c>./dev test</c> sets, it is stopped at the end of the test run, whatever the result.
/// </summary>
/// <param name="name">The name of the folder; the id of this process is appended.</param>
/// <param name="settings">Settings for each command, in addition to the default ones of the tests.</param>
public sealed class Instance(string name, IReadOnlyDictionary<string, string?>? settings = null)
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("TEST_STATE") is { Length: > 0 } given ? given : Path.GetTempPath();

    /// <summary>Variables of the developer's shell that the tests must not inherit.</summary>
    private static readonly string[] NotInherited =
    [
        "DATABASE_URL", "DB_HOST", "TENANT_DATABASE_URL", "TEMPORAL_ADDRESS", "KEYCLOAK_URL", "S3_ENDPOINT",
        "NOVU_BACKEND_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_BASE_URL",
    ];

    /// <summary>The folder of the real servers if the tests run against those; otherwise null.</summary>
    public static string? Servers { get; } =
        Environment.GetEnvironmentVariable("REAL_SERVERS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether the tests run against real servers instead of the stand-ins.</summary>
    public static bool IsReal => Servers is not null;

    /// <summary>The processes of the outside systems: stand-ins, proxies and real servers.</summary>
    public static IReadOnlyList<string> OutsideParts { get; } =
        Servers is null ? ["sandbox", "temporal"] : ["sandbox", "temporal", "keycloak", "minio"];

    public string State { get; } = Path.Combine(Folder, $"{name}-{Environment.ProcessId}");

    public Uri Functions => new($"http://127.0.0.1:{Address("FUNCTIONS_PORT")}");

    public Uri Keycloak => new($"http://127.0.0.1:{Address("KEYCLOAK_PORT")}");

    public Uri S3 => new($"http://127.0.0.1:{Address("S3_PORT")}");

    public Uri Novu => new($"http://127.0.0.1:{Address("NOVU_PORT")}");

    public IEnumerable<int> Ports =>
        Pairs("addresses").Values.Select(port => int.Parse(port, CultureInfo.InvariantCulture));

    /// <summary>The environment of <c>./dev</c> for this instance.</summary>
    public Dictionary<string, string?> Variables => NotInherited.ToDictionary(n => n, _ => (string?)null)
        .Concat(
        [
            new("DEV_STATE", State),
            new("LEADS_RATE_LIMIT", "0"),
            new("NO_COLOR", "1"),
            .. settings ?? new Dictionary<string, string?>(),
        ])
        .ToDictionary();

    public string Address(string variable) => Pairs("addresses")[variable];

    public string Secret(string variable) => Pairs("env")[variable];

    public Dictionary<string, string> Pairs(string file) =>
        File.ReadAllLines(Path.Combine(State, file))
            .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

    public int Pid(string part) =>
        int.Parse(File.ReadAllText(Path.Combine(State, "run", part)).Split(' ')[0], CultureInfo.InvariantCulture);

    public string Log(string part) => File.ReadAllText(Path.Combine(State, "logs", $"{part}.log"));

    public Task<CommandResult> DevAsync(params IEnumerable<string> arguments) =>
        DevWithEnvironmentAsync([], arguments);

    /// <summary>Runs a <c>./dev</c> command with settings that override those of the instance.</summary>
    public Task<CommandResult> DevWithEnvironmentAsync(
        Dictionary<string, string?> overrides, params IEnumerable<string> arguments)
    {
        var environment = Variables;
        foreach (var (variable, value) in overrides)
        {
            environment[variable] = value;
        }

        return Commands.RunAsync(Path.Combine(Commands.Root, "dev"), arguments, environment);
    }

    /// <summary>Starts the last build on free ports; with the real servers if REAL_SERVERS names them.</summary>
    public async Task UpAsync()
    {
        string[] real = Servers is null ? [] : ["--real"];
        (await DevAsync(["up", "--detach", "--no-build", "--free-ports", .. real])).EnsureSuccess();
    }

    /// <summary>Kills a part with SIGKILL and waits for its end.</summary>
    public async Task KillAsync(string part)
    {
        using var process = System.Diagnostics.Process.GetProcessById(Pid(part));
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
