using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Benchmarks.Ingress;
using Benchmarks.Journey;

namespace Benchmarks;

/// <summary>The command line.</summary>
internal static class BenchmarksCommand
{
    public static RootCommand Create() => new("""
        How fast it is, on the machine that runs it: compare what one run prints, by its ratios, and nothing else.

        Examples:
          ./dev bench code                   parsing a key, registering a lead, replaying a long history
          ./dev bench ingress --rounds 21    start, memory and throughput of the native functions, beside the built ones
          ./dev bench journey                sign-up to ACTIVE, split by call and step
        """)
    {
        Code(), IngressCommand(), JourneyCommand(),
    };

    private static Command Code()
    {
        var command = new Command("code", "Single pieces of code, by BenchmarkDotNet.");
        command.SetAction(_ =>
        {
            // In this process: a project generated elsewhere would not know this solution's rules.
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
        var command = new Command("ingress", "The functions as a process: the native binary and the built one in turn.")
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
        var command = new Command("journey", "Tenants one after the other on an instance of its own.") { rounds };
        command.SetAction((parsed, cancellationToken) =>
            JourneyBenchmark.RunAsync(parsed.GetValue(rounds), cancellationToken));
        return command;
    }

    private static Option<int> Rounds(int usual) => new("--rounds")
    {
        Description = "How often each is measured.",
        DefaultValueFactory = _ => usual,
    };
}
