using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Torture.Cells;

namespace Torture.Running;

/// <summary>Writes a line for each finished cell, and a summary.</summary>
internal sealed class ConsoleReport(IAnsiConsole console, int count)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private int written;

    private string Elapsed => watch.Elapsed.ToString("mm\\:ss", CultureInfo.InvariantCulture);

    private static string PartOf(StepCall call) => call.IsUndo ? $"{call.Step}, undo" : call.Step;

    public void WriteNote(string line) => console.MarkupLineInterpolated($"[grey]{line}[/]");

    public void WriteResult(Result result)
    {
        string position = string.Create(CultureInfo.InvariantCulture, $"{++written,4}/{count}");
        string duration = string.Create(CultureInfo.InvariantCulture, $"{result.Duration.TotalSeconds,6:0.0} s");
        if (result.Failure is null)
        {
            console.MarkupLineInterpolated(
                $"{position} [green]green[/] {duration}  {result.Cell.Name} [grey]{result.Cell.Ending}[/]");
            return;
        }

        console.MarkupLineInterpolated($"{position} [red]red[/]   {duration}  {result.Cell.Name}");
        console.MarkupLineInterpolated($"       {result.Failure}");
    }

    /// <summary>Writes the totals by step, the failed cells with repeat commands, and the unknown calls.</summary>
    /// <param name="results">The results of all cells.</param>
    /// <param name="unknownCalls">Calls of the product that are in neither table.</param>
    /// <param name="matrix">The matrix with what it leaves out.</param>
    /// <returns>The exit code: 0 if at least one cell ran, all passed and every call is known; otherwise 1.</returns>
    public int WriteSummary(IReadOnlyList<Result> results, IReadOnlyList<string> unknownCalls, Matrix matrix)
    {
        var red = results.Where(result => result.Failure is not null).ToList();
        int green = results.Count - red.Count;
        console.WriteLine();
        foreach (var step in results.GroupBy(result => PartOf(result.Cell.Call)).OrderBy(part => part.Key))
        {
            console.MarkupLineInterpolated(
                $"  {step.Key,-28} {step.Count(r => r.Failure is null),4} green {step.Count(red.Contains),4} red");
        }

        foreach (var result in red)
        {
            console.MarkupLineInterpolated($"[red]{result.Cell.Name}[/]: {result.RepeatCommand}");
        }

        foreach (string call in unknownCalls)
        {
            console.MarkupLineInterpolated(
                $"[red]a call in no table[/]: {call} (StepCalls, or UncoveredCalls with the reason)");
        }

        console.MarkupLineInterpolated(
            $"{green} green, {red.Count} red, {matrix.LeftOut.Count} left out (see --list), {Elapsed}");
        return red.Count == 0 && unknownCalls.Count == 0 && results.Count > 0 ? 0 : 1;
    }
}
