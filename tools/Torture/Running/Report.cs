using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Torture.Cells;

namespace Torture.Running;

/// <summary>A line for each cell as it ends, and what it comes to.</summary>
internal sealed class Report(IAnsiConsole console, int count)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private int told;

    private string Took => watch.Elapsed.ToString("mm\\:ss", CultureInfo.InvariantCulture);

    private static string PartOf(StepCall call) => call.IsUndo ? $"{call.Step}, undo" : call.Step;

    public void Say(string line) => console.MarkupLineInterpolated($"[grey]{line}[/]");

    public void Tell(Result result)
    {
        string at = string.Create(CultureInfo.InvariantCulture, $"{++told,4}/{count}");
        string took = string.Create(CultureInfo.InvariantCulture, $"{result.Took.TotalSeconds,6:0.0} s");
        if (result.Red is null)
        {
            console.MarkupLineInterpolated(
                $"{at} [green]green[/] {took}  {result.Cell.Name} [grey]{result.Cell.Ending}[/]");
            return;
        }

        console.MarkupLineInterpolated($"{at} [red]red[/]   {took}  {result.Cell.Name}");
        console.MarkupLineInterpolated($"       {result.Red}");
    }

    /// <param name="results">Of all cells.</param>
    /// <param name="unknown">Calls of the product that are in no table: nobody has thought of breaking them.</param>
    /// <param name="matrix">What there is and what is left out.</param>
    /// <returns>The exit code.</returns>
    public int End(IReadOnlyList<Result> results, IReadOnlyList<string> unknown, Matrix matrix)
    {
        var red = results.Where(result => result.Red is not null).ToList();
        console.WriteLine();
        foreach (var step in results.GroupBy(result => PartOf(result.Cell.Call)).OrderBy(part => part.Key))
        {
            console.MarkupLineInterpolated(
                $"  {step.Key,-28} {step.Count(r => r.Red is null),4} green {step.Count(red.Contains),4} red");
        }

        foreach (var result in red)
        {
            console.MarkupLineInterpolated($"[red]{result.Cell.Name}[/]: {result.Again}");
        }

        foreach (string call in unknown)
        {
            console.MarkupLineInterpolated(
                $"[red]a call in no table[/]: {call} (StepCalls, or OtherCalls with the reason)");
        }

        console.MarkupLineInterpolated(
            $"{results.Count - red.Count} green, {red.Count} red, {matrix.Left.Count} left out (see --list), {Took}");
        return red.Count == 0 && unknown.Count == 0 && results.Count > 0 ? 0 : 1;
    }
}
