using Spectre.Console;

namespace Worker.Commands;

/// <summary>
/// Report lines with a coloured symbol. No colours without a terminal or with NO_COLOR; no line breaks in a pipe.
/// </summary>
public sealed class Report
{
    private readonly IAnsiConsole console;

    public Report(TextWriter output)
    {
        bool isConsole = output == Console.Out;
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isConsole ? AnsiSupport.Detect : AnsiSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (Console.IsOutputRedirected || !isConsole)
        {
            console.Profile.Width = int.MaxValue;
        }
    }

    public void Success(string subject, string detail) => Line("green", "✔", subject, detail);

    public void Failure(string subject, string detail) => Line("red", "✘", subject, detail);

    public void Neutral(string subject, string detail) => Line("grey", "–", subject, detail);

    public void Unknown(string subject, string detail) => Line("yellow", "?", subject, detail);

    public void Remedy(string text) => console.MarkupLineInterpolated($"  [yellow]→ {text}[/]");

    public void Heading(string text) => console.WriteLine(text);

    private void Line(string color, string symbol, string subject, string detail) =>
        console.Write(new Markup($"[{color}]{symbol}[/] {Markup.Escape(subject),-22} {Markup.Escape(detail)}\n"));
}
