using System.Globalization;
using System.Security.Cryptography;
using Testing;

namespace Benchmarks.Ingress;

/// <summary>
/// Measures both heads: the Functions app behind the stand-in of its host, under JIT, compiled ahead of time, and
/// compiled together with the runtime; and the native process, behind the same host and alone. They alternate, so that
/// noise affects all.
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
            var settings = new Dictionary<string, string>
            {
                ["DATABASE_URL"] = postgres.FunctionsConnectionString,
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["JWT_SECRET"] = RandomNumberGenerator.GetHexString(64),
                ["LEADS_RATE_LIMIT"] = "0",
                ["TOKEN_KEYS"] = $"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}",
            };
            string functions = Path.Combine(Commands.Root, "artifacts/publish/functions");
            string server = Path.Combine(Commands.Root, "artifacts/publish/server");
            Variant[] variants =
            [
                new("Functions, JIT", settings => IngressStarters.HostedAsync(
                    Path.Combine(Commands.Root, "artifacts/bin/Functions/release"), settings)),
                new("Functions, ReadyToRun", settings => IngressStarters.HostedAsync(functions, settings)),
                new("Functions, composite", settings => IngressStarters.HostedAsync(
                    $"{functions}-composite", settings)),
                new("Server, custom handler", settings => IngressStarters.HostedAsync(server, settings)),
                new("Server, alone", settings => IngressStarters.ProcessAsync(
                    Path.Combine(server, "Server"), settings)),
            ];
            // The first round warms up files and the host, and does not count.
            for (int round = 0; round <= rounds; round++)
            {
                foreach (var variant in variants)
                {
                    await variant.StartAsync(settings, isMeasured: round > 0, cancellationToken);
                }
            }

            for (int round = 0; round < LoadRounds; round++)
            {
                foreach (var variant in variants)
                {
                    await variant.LoadAsync(settings, cancellationToken);
                }
            }

            Write("start to first GET /ping, no settings", variants, variant => variant.FirstAnswer);
            Write("start to first POST /leads", variants, variant => variant.FirstLead);
            Write("CPU to first POST /leads", variants, variant => variant.Cpu);
            Write("memory after it", variants, variant => variant.Memory);
            Write("of it private", variants, variant => variant.PrivateMemory);
            Write($"GET /ping, {Callers} callers", variants, variant => variant.PingRate);
            Write($"POST /leads, {Callers} callers, no limit", variants, variant => variant.LeadRate);
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    private static void Write(string quantity, Variant[] variants, Func<Variant, Spread> spreadOf)
    {
        Console.WriteLine(quantity);
        foreach (var variant in variants)
        {
            double ratio = spreadOf(variant).RatioTo(spreadOf(variants[0]));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {variant.Name,-24} {spreadOf(variant),-40} {ratio:0.00}"));
        }
    }

    private sealed record Variant(string Name, Func<IReadOnlyDictionary<string, string>, Task<Ingress>> BeginAsync)
    {
        private static readonly Dictionary<string, string> NoSettings = [];

        public Spread FirstAnswer { get; } = new("ms");

        public Spread FirstLead { get; } = new("ms");

        public Spread Cpu { get; } = new("ms");

        public Spread Memory { get; } = new("MB");

        public Spread PrivateMemory { get; } = new("MB");

        public Spread PingRate { get; } = new("/s");

        public Spread LeadRate { get; } = new("/s");

        public async Task StartAsync(
            Dictionary<string, string> settings, bool isMeasured, CancellationToken cancellationToken)
        {
            double answer, lead, cpu, memory, privateMemory;
            await using (var bare = await BeginAsync(NoSettings))
            {
                answer = await bare.FirstAnswerAsync(cancellationToken);
            }

            await using (var ingress = await BeginAsync(settings))
            {
                lead = await ingress.FirstLeadAsync(cancellationToken);
                cpu = ingress.CpuTime;
                memory = ingress.Memory;
                privateMemory = ingress.PrivateMemory;
            }

            if (isMeasured)
            {
                FirstAnswer.Add(answer);
                FirstLead.Add(lead);
                Cpu.Add(cpu);
                Memory.Add(memory);
                PrivateMemory.Add(privateMemory);
            }
        }

        public async Task LoadAsync(Dictionary<string, string> settings, CancellationToken cancellationToken)
        {
            await using var ingress = await BeginAsync(settings);
            await ingress.FirstLeadAsync(cancellationToken);
            await ingress.LeadsPerSecondAsync(Callers, LoadDuration / 4, cancellationToken);
            LeadRate.Add(await ingress.LeadsPerSecondAsync(Callers, LoadDuration, cancellationToken));
            PingRate.Add(await ingress.PingsPerSecondAsync(Callers, LoadDuration / 2, cancellationToken));
        }
    }
}
