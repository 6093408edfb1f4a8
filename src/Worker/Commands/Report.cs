using Spectre.Console;

namespace Worker.Commands;

/// <summary>
/// Lines with a mark in front, coloured on a terminal (and not with NO_COLOR); never broken when piped.
/// </summary>
public sealed class Report
{
    private readonly IAnsiConsole console;

    public Report(TextWriter output)
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected || output != Console.Out)
        {
            console.Profile.Width = int.MaxValue;
        }
    }

    public void Good(string what, string detail) => Line("green", "✔", what, detail);

    public void Bad(string what, string detail) => Line("red", "✘", what, detail);

    public void Neutral(string what, string detail) => Line("grey", "–", what, detail);

    public void Unknown(string what, string detail) => Line("yellow", "?", what, detail);

    public void Remedy(string text) => console.MarkupLineInterpolated($"  [yellow]→ {text}[/]");

    public void Say(string text) => console.WriteLine(text);

    private void Line(string color, string mark, string what, string detail) =>
        console.Write(new Markup($"[{color}]{mark}[/] {Markup.Escape(what),-22} {Markup.Escape(detail)}\n"));
}
