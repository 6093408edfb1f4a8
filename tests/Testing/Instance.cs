using System.Globalization;
using Xunit;

namespace Testing;

/// <summary>
/// An instance of everything, as <c>./dev up</c> starts it, in a folder of its own. Below <c>TEST_STATE</c>, which
/// <c>./dev test</c> gives, it ends with the run however that ends.
/// </summary>
/// <param name="name">Of its folder, with this process's id.</param>
/// <param name="settings">On top of the tests' usual ones, for each command.</param>
public sealed class Instance(string name, IReadOnlyDictionary<string, string?>? settings = null)
{
    private static readonly string Folder =
        Environment.GetEnvironmentVariable("TEST_STATE") is { Length: > 0 } given ? given : Path.GetTempPath();

    /// <summary>The addresses and secrets of a developer's shell are not the tests'.</summary>
    private static readonly string[] NotInherited =
    [
        "DATABASE_URL", "DB_HOST", "TENANT_DATABASE_URL", "TEMPORAL_ADDRESS", "KEYCLOAK_URL", "S3_ENDPOINT",
        "NOVU_BACKEND_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_BASE_URL",
    ];

    /// <summary>The folder of the real servers, where the suite runs against those; else null.</summary>
    public static string? Servers { get; } =
        Environment.GetEnvironmentVariable("REAL_SERVERS") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether real servers stand where the stand-ins do.</summary>
    public static bool IsReal => Servers is not null;

    /// <summary>The processes that play the outside systems, or stand before them, or are them.</summary>
    public static IReadOnlyList<string> OutsideParts { get; } =
        Servers is null ? ["sandbox", "temporal"] : ["sandbox", "temporal", "keycloak", "minio"];

    public string State { get; } = Path.Combine(Folder, $"{name}-{Environment.ProcessId}");

    public Uri Functions => new($"http://127.0.0.1:{Address("FUNCTIONS_PORT")}");

    public Uri Keycloak => new($"http://127.0.0.1:{Address("KEYCLOAK_PORT")}");

    public Uri S3 => new($"http://127.0.0.1:{Address("S3_PORT")}");

    public Uri Novu => new($"http://127.0.0.1:{Address("NOVU_PORT")}");

    public IEnumerable<int> Ports =>
        Pairs("addresses").Values.Select(port => int.Parse(port, CultureInfo.InvariantCulture));

    /// <summary>Of <c>./dev</c>, with this instance's folder.</summary>
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

    public Task<Said> DevAsync(params IEnumerable<string> arguments) => DevWithAsync([], arguments);

    /// <summary>With settings that differ from the instance's own.</summary>
    public Task<Said> DevWithAsync(Dictionary<string, string?> differing, params IEnumerable<string> arguments)
    {
        var environment = Variables;
        foreach (var (variable, value) in differing)
        {
            environment[variable] = value;
        }

        return Commands.RunAsync(Path.Combine(Commands.Root, "dev"), arguments, environment);
    }

    /// <summary>What was built last, on free ports; with the real servers where REAL_SERVERS names them.</summary>
    public async Task UpAsync()
    {
        string[] real = Servers is null ? [] : ["--real"];
        (await DevAsync(["up", "--detach", "--no-build", "--free-ports", .. real])).AndSucceeded();
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync(string part)
    {
        using var process = System.Diagnostics.Process.GetProcessById(Pid(part));
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
