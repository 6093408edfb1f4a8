using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Torture.Cells;

namespace Torture.Running;

/// <summary>A line for each cell as it ends, and what it comes to.</summary>
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

    /// <param name="results">Of all cells.</param>
    /// <param name="unknown">Calls of the product that are in no table: nobody has thought of breaking them.</param>
    /// <param name="matrix">What there is and what is left out.</param>
    /// <returns>The exit code.</returns>
    public int WriteSummary(IReadOnlyList<Result> results, IReadOnlyList<string> unknown, Matrix matrix)
    {
        var red = results.Where(result => result.Failure is not null).ToList();
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

        foreach (string call in unknown)
        {
            console.MarkupLineInterpolated(
                $"[red]a call in no table[/]: {call} (StepCalls, or UncoveredCalls with the reason)");
        }

        console.MarkupLineInterpolated(
            $"{results.Count - red.Count} green, {red.Count} red, {matrix.LeftOut.Count} left out (see --list), {Elapsed}");
        return red.Count == 0 && unknown.Count == 0 && results.Count > 0 ? 0 : 1;
    }
}
