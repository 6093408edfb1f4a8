using System.CommandLine;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Benchmarks.Ingress;
using Benchmarks.Journey;
using Benchmarks.Sweep;

namespace Benchmarks;

/// <summary>
/// Defines the command line of <c>./dev bench</c>. Exit codes: 0 done, 1 a benchmark failed, 2 misused.
/// </summary>
internal static class BenchmarksCommand
{
    private const int Misused = 2;

    /// <summary>Runs a benchmark. A misuse writes one line to the error output and runs nothing.</summary>
    public static async Task<int> RunAsync(string[] args, InvocationConfiguration configuration)
    {
        var parsed = Create().Parse(args);
        if (parsed.Errors is [var error, ..])
        {
            await configuration.Error.WriteLineAsync($"{Describe(parsed, error.Message)} See './dev bench --help'.");
            return Misused;
        }

        return await parsed.InvokeAsync(configuration);
    }

    private static RootCommand Create() => new("""
        Measures the speed on this machine. Only the ratios within one run are comparable.

        Examples:
          ./dev bench code                   parsing a key, registering a lead, replaying a long history
          ./dev bench ingress --rounds 21    start, memory and throughput: the Functions app and the native process
          ./dev bench journey                sign-up to ACTIVE, split by call and step
          ./dev bench sweep                  a sweep among 1, 1 000 and 10 000 tenants
        """)
    {
        Code(), IngressCommand(), JourneyCommand(), SweepCommand(),
    };

    // An unknown name gives two errors, of which the first only says that a command is missing.
    private static string Describe(ParseResult parsed, string message) => parsed.UnmatchedTokens is [var token, ..]
        ? $"Unknown argument '{token}'."
        : message;

    private static Command Code()
    {
        var command = new Command("code", "Measures single pieces of code with BenchmarkDotNet.");
        command.SetAction(_ =>
        {
            // In this process: a generated project would not get this solution's build settings.
            var config = DefaultConfig.Instance
                .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
                .WithArtifactsPath(Path.Combine(Testing.Commands.Root, "artifacts", "benchmarks"));
            var summaries = BenchmarkRunner.Run(typeof(BenchmarksCommand).Assembly, config);
            return summaries.All(summary => summary.Reports.Length > 0 && summary.Reports.All(report => report.Success))
                ? 0
                : 1;
        });
        return command;
    }

    private static Command IngressCommand()
    {
        var rounds = Rounds(15);
        var command = new Command("ingress", "Measures both heads of the HTTP side alternately.")
        {
            rounds,
        };
        command.SetAction((parsed, cancellationToken) =>
            IngressBenchmark.RunAsync(parsed.GetValue(rounds), cancellationToken));
        return command;
    }

    private static Command JourneyCommand()
    {
        var rounds = Rounds(9);
        var command = new Command("journey", "Provisions tenants one after the other on its own instance.") { rounds };
        command.SetAction((parsed, cancellationToken) =>
            JourneyBenchmark.RunAsync(parsed.GetValue(rounds), cancellationToken));
        return command;
    }

    private static Command SweepCommand()
    {
        var rounds = Rounds(5);
        var sizes = new Option<int[]>("--tenants")
        {
            Description = "The numbers of tenants.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [1, 1000, 10_000],
        };
        var command = new Command("sweep", "Sweeps among few and many tenants on its own instance.")
        {
            rounds, sizes,
        };
        command.SetAction((parsed, cancellationToken) => SweepBenchmark.RunAsync(
            parsed.GetRequiredValue(sizes), parsed.GetValue(rounds), cancellationToken));
        return command;
    }

    private static Option<int> Rounds(int defaultValue)
    {
        var rounds = new Option<int>("--rounds")
        {
            Description = "The number of measurements, at least 1.",
            DefaultValueFactory = _ => defaultValue,
        };
        rounds.Validators.Add(result =>
        {
            // Reads the token, because the value throws if the text is not a number.
            if (result.Tokens is [var token]
                && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number >= 1))
            {
                result.AddError($"Option '--rounds' takes a whole number of at least 1, not '{token.Value}'.");
            }
        });
        return rounds;
    }
}
