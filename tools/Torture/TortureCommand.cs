using System.CommandLine;
using Spectre.Console;
using Testing;
using Torture.Cells;
using Torture.Environments;
using Torture.Running;

namespace Torture;

/// <summary>Defines the command line of <c>./dev torture</c>.</summary>
internal static class TortureCommand
{
    private const string Description = """
        Injects every fault into every call of every provisioning step and undo, and into the report of each activity.
        Then reads the outside systems directly: the tenant must be ACTIVE with every object exactly once, or gone
        without residue. Starts its own instance with ./dev up on free ports and deletes it at the end.

        Examples:
          ./dev torture                                        the whole matrix
          ./dev torture --list                                 its cells, and what is left out, with reasons
          ./dev torture --filter create-idp                    the cells of one step
          ./dev torture --filter provision-storage.create/lost one cell, by its full name
          ./dev torture --filter .report/                      activities that are done but not reported
          ./dev torture --pairs 50 --seed 7 --filter +         only fifty random pairs of faults
          ./dev torture --signups 200                          200 customers at once, every tenth with a fault
          ./dev torture --filter refused --break-undo create-idp    a faked undo: the run must fail
        """;

    public static RootCommand Create()
    {
        var filter = new Option<string[]>("--filter")
        {
            Description = "The cell with this name, or else all whose name contains the text. Repeatable.",
        };
        var pairs = new Option<int>("--pairs") { Description = "Adds N random combinations of two faults." };
        var seed = new Option<int>("--seed")
        {
            Description = "Seed of the random choice; the same seed gives the same cells.",
        };
        var signUps = new Option<int>("--signups")
        {
            Description = "Runs N customers at once instead of the matrix, every tenth with a random fault.",
        };
        // Realms are created one at a time, and a real Keycloak needs seconds for each.
        var jobs = new Option<int>("--jobs")
        {
            Description = "Maximum number of cells that run in parallel.",
            DefaultValueFactory = _ => Instance.IsReal ? 5 : 6,
        };
        var list = new Option<bool>("--list") { Description = "Lists the cells without running them." };
        var broken = new Option<string?>("--break-undo")
        {
            Description = "Fakes the undo of this step: undo and reading do nothing and report success.",
        };
        broken.AcceptOnlyFromAmong([.. Matrix.StepsWithUndo]);
        var command = new RootCommand(Description)
        {
            filter, pairs, seed, signUps, jobs, list, broken, TortureWorker.Command(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var matrix = Matrix.Generate();
            var all = matrix.Cells
                .Concat(Pairs.Generate(matrix, parsed.GetValue(pairs), parsed.GetValue(seed))).ToList();
            var cells = Filter.Apply(all, parsed.GetValue(filter) ?? []).ToList();
            if (parsed.GetValue(list))
            {
                return List(cells, matrix);
            }

            string? brokenUndo = parsed.GetValue(broken);
            return parsed.GetValue(signUps) is > 0 and var customers
                ? await RunAsync(SignUpLoad.Generate(matrix, customers, parsed.GetValue(seed)), matrix, customers, null,
                    TortureEnvironment.ProductionTimeouts, cancellationToken)
                : await RunAsync(cells, matrix, parsed.GetValue(jobs), brokenUndo,
                    TortureEnvironment.ShortTimeouts, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<Cell> cells, Matrix matrix, int jobs, string? brokenUndo, string timeoutScale,
        CancellationToken cancellationToken)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 1000;
        }

        var report = new ConsoleReport(AnsiConsole.Console, cells.Count);
        report.WriteNote($"{cells.Count} cells; starting an instance…");
        try
        {
            await using var environment =
                await TortureEnvironment.StartAsync(brokenUndo, timeoutScale, cancellationToken);
            var repeatCommand = new RepeatCommand(Instance.Servers, brokenUndo);
            var runner = new Runner(environment, jobs, repeatCommand, report.WriteResult, cancellationToken);
            var results = await runner.RunAsync(cells);
            return report.WriteSummary(results, environment.CallAudit.UnknownCalls, matrix);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return 130;
        }
        catch (Xunit.Sdk.XunitException e)
        {
            // A ./dev command failed; the message contains its output.
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static int List(List<Cell> cells, Matrix matrix)
    {
        foreach (var cell in cells)
        {
            Console.WriteLine($"{cell.Name,-50} {cell.Ending,-10} {cell.Description}");
        }

        foreach (var (name, reason) in matrix.LeftOut)
        {
            Console.WriteLine($"{name,-50} left out   {reason}");
        }

        foreach (var call in UncoveredCalls.All)
        {
            Console.WriteLine($"{call,-50} no cell    {call.Reason}");
        }

        Console.WriteLine(
            $"{cells.Count} cells, {matrix.LeftOut.Count} left out, {UncoveredCalls.All.Count} calls without one");
        return 0;
    }
}
