using System.CommandLine;
using Spectre.Console;
using Testing;
using Torture.Cells;
using Torture.Running;
using Torture.Environments;

namespace Torture;

/// <summary>The command line.</summary>
internal static class TortureCommand
{
    private const string Description = """
        Breaks every call of every provisioning step, and of every undo, in every way there is, and the report that
        it was done; and reads from the systems themselves how it ended: an ACTIVE tenant with everything there once,
        or nothing at all. Starts an instance of its own by ./dev up, on free ports, and drops it at the end.

        Examples:
          ./dev torture                                        the whole matrix
          ./dev torture --list                                 its cells, and what is left out and why
          ./dev torture --filter create-idp                    the cells of one step
          ./dev torture --filter provision-storage.create/lost one cell, by its whole name
          ./dev torture --filter .report/                      done, and its report lost, or its worker killed before
          ./dev torture --pairs 50 --seed 7 --filter +         fifty random pairs of faults alone
          ./dev torture --signups 200                          two hundred customers at once, every tenth with a fault
          ./dev torture --filter refused --break-undo create-idp    an undo that only claims to be done: must end red
        """;

    public static RootCommand Create()
    {
        var filter = new Option<string[]>("--filter")
        {
            Description = "The cell of this name, or else those with the text in theirs; given twice, with either.",
        };
        var pairs = new Option<int>("--pairs") { Description = "This many random combinations of two faults on top." };
        var seed = new Option<int>("--seed") { Description = "Which ones; the same seed gives the same." };
        var signUps = new Option<int>("--signups")
        {
            Description = "Instead of the matrix: so many customers at once, every tenth with a random fault.",
        };
        // Realms are made one at a time, and a real Keycloak takes seconds for one.
        var jobs = new Option<int>("--jobs")
        {
            Description = "Cells side by side.",
            DefaultValueFactory = _ => Instance.IsReal ? 5 : 6,
        };
        var list = new Option<bool>("--list") { Description = "Names the cells and runs none." };
        var broken = new Option<string?>("--break-undo")
        {
            Description = "Breaks the undo of this step: it and its reading do nothing and say that all is done.",
        };
        broken.AcceptOnlyFromAmong([.. Matrix.StepsWithUndo]);
        var command = new RootCommand(Description)
        {
            filter, pairs, seed, signUps, jobs, list, broken, TortureWorker.Command(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var matrix = Matrix.Generate();
            var all = matrix.Cells.Concat(Pairs.Generate(matrix, parsed.GetValue(pairs), parsed.GetValue(seed))).ToList();
            var cells = Filter.Apply(all, parsed.GetValue(filter) ?? []).ToList();
            if (parsed.GetValue(list))
            {
                return List(cells, matrix);
            }

            string? brokenUndo = parsed.GetValue(broken);
            return parsed.GetValue(signUps) is > 0 and var customers
                ? await RunAsync(SignUpLoad.Generate(matrix, customers, parsed.GetValue(seed)), matrix, customers, null,
                    TortureEnvironment.ProductionTimeouts, cancellationToken)
                : await RunAsync(cells, matrix, parsed.GetValue(jobs), brokenUndo, TortureEnvironment.ShortTimeouts, cancellationToken);
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
            await using var environment = await TortureEnvironment.StartAsync(brokenUndo, timeoutScale, cancellationToken);
            var repeatCommand = new RepeatCommand(Instance.Servers, brokenUndo);
            var results = await new Runner(environment, jobs, repeatCommand, report.WriteResult, cancellationToken).RunAsync(cells);
            return report.WriteSummary(results, environment.CallAudit.UnknownCalls, matrix);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return 130;
        }
        catch (Xunit.Sdk.XunitException e)
        {
            // ./dev could not do its part, and has said why.
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
