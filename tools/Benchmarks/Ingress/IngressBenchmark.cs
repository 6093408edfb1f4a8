using System.Globalization;
using System.Security.Cryptography;
using Testing;

namespace Benchmarks.Ingress;

/// <summary>The native binary and the one that a build leaves, in turn, so that noise meets both.</summary>
internal static class IngressBenchmark
{
    private const int Callers = 16;
    private const int Loads = 5;

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var postgres = new PostgresFixture();
        await postgres.InitializeAsync();
        try
        {
            var settings = new Dictionary<string, string?>
            {
                ["DATABASE_URL"] = postgres.FunctionsConnectionString,
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["JWT_SECRET"] = RandomNumberGenerator.GetHexString(64),
                ["LEADS_RATE_LIMIT"] = "0",
                ["TOKEN_KEYS"] = $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
            };
            var native = new Measured("native", Path.Combine(Commands.Root, "artifacts/publish/functions/Functions"));
            var built = new Measured("built", Path.Combine(Commands.Root, "artifacts/bin/Functions/release/Functions"));
            await StartAsync(new Measured("warm-up", built.Binary), settings, cancellationToken);
            for (int round = 0; round < rounds; round++)
            {
                await StartAsync(native, settings, cancellationToken);
                await StartAsync(built, settings, cancellationToken);
            }

            for (int round = 0; round < Loads; round++)
            {
                await LoadAsync(native, settings, cancellationToken);
                await LoadAsync(built, settings, cancellationToken);
            }

            Say("start to first GET / (no settings)", native.Answer, built.Answer);
            Say("start to first POST /leads", native.Lead, built.Lead);
            Say("memory after it", native.Memory, built.Memory);
            Say($"POST /leads, {Callers} callers, no limit", native.Leads, built.Leads);
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    private static async Task StartAsync(
        Measured measured, Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        await using (var bare = FunctionsProcess.Start(measured.Binary, new Dictionary<string, string?>()))
        {
            measured.Answer.Add(await bare.FirstAnswerAsync(cancellationToken));
        }

        await using var ingress = FunctionsProcess.Start(measured.Binary, settings);
        measured.Lead.Add(await ingress.FirstLeadAsync(cancellationToken));
        measured.Memory.Add(ingress.Memory);
    }

    private static async Task LoadAsync(
        Measured measured, Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        await using var ingress = FunctionsProcess.Start(measured.Binary, settings);
        await ingress.FirstLeadAsync(cancellationToken);
        await ingress.LeadsPerSecondAsync(Callers, LoadTime / 4, cancellationToken);
        measured.Leads.Add(await ingress.LeadsPerSecondAsync(Callers, LoadTime, cancellationToken));
    }

    private static void Say(string what, Spread native, Spread built) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-36} native {native,-38} built {built,-40} native/built {native.Median / built.Median:0.00}"));

    private sealed record Measured(string Name, string Binary)
    {
        public Spread Answer { get; } = new("ms");

        public Spread Lead { get; } = new("ms");

        public Spread Leads { get; } = new("/s");

        public Spread Memory { get; } = new("MB");
    }
}
