using System.Globalization;
using System.Security.Cryptography;
using Testing;

namespace Benchmarks.Ingress;

/// <summary>
/// Measures the native binary and the managed one of the build. They alternate, so that noise affects both.
/// </summary>
internal static class IngressBenchmark
{
    private const int Callers = 16;
    private const int LoadRounds = 5;

    private static readonly TimeSpan LoadDuration = TimeSpan.FromSeconds(4);

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
            var native = new Variant("native", Path.Combine(Commands.Root, "artifacts/publish/server/Server"));
            var built = new Variant("built", Path.Combine(Commands.Root, "artifacts/bin/Server/release/Server"));
            await StartAsync(new Variant("warm-up", built.Binary), settings, cancellationToken);
            for (int round = 0; round < rounds; round++)
            {
                await StartAsync(native, settings, cancellationToken);
                await StartAsync(built, settings, cancellationToken);
            }

            for (int round = 0; round < LoadRounds; round++)
            {
                await LoadAsync(native, settings, cancellationToken);
                await LoadAsync(built, settings, cancellationToken);
            }

            Write("start to first GET / (no settings)", native.FirstAnswer, built.FirstAnswer);
            Write("start to first POST /leads", native.FirstLead, built.FirstLead);
            Write("memory after it", native.Memory, built.Memory);
            Write($"POST /leads, {Callers} callers, no limit", native.LeadRate, built.LeadRate);
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    private static async Task StartAsync(
        Variant variant, Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        await using (var bare = FunctionsProcess.Start(variant.Binary, new Dictionary<string, string?>()))
        {
            variant.FirstAnswer.Add(await bare.FirstAnswerAsync(cancellationToken));
        }

        await using var ingress = FunctionsProcess.Start(variant.Binary, settings);
        variant.FirstLead.Add(await ingress.FirstLeadAsync(cancellationToken));
        variant.Memory.Add(ingress.Memory);
    }

    private static async Task LoadAsync(
        Variant variant, Dictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        await using var ingress = FunctionsProcess.Start(variant.Binary, settings);
        await ingress.FirstLeadAsync(cancellationToken);
        await ingress.LeadsPerSecondAsync(Callers, LoadDuration / 4, cancellationToken);
        variant.LeadRate.Add(await ingress.LeadsPerSecondAsync(Callers, LoadDuration, cancellationToken));
    }

    private static void Write(string quantity, Spread native, Spread built) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{quantity,-36} native {native,-38} built {built,-40} native/built {native.RatioTo(built):0.00}"));

    private sealed record Variant(string Name, string Binary)
    {
        public Spread FirstAnswer { get; } = new("ms");

        public Spread FirstLead { get; } = new("ms");

        public Spread LeadRate { get; } = new("/s");

        public Spread Memory { get; } = new("MB");
    }
}
