using System.Globalization;
using Spectre.Console;

namespace Sandbox.Demo;

/// <summary>Output of the demo: lines of text; on a terminal, the steps are updated in place.</summary>
internal abstract class Display
{
    protected IAnsiConsole Terminal { get; } = AnsiConsole.Console;

    public static Display Create() => AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected
        ? new LiveDisplay()
        : new PlainDisplay();

    public abstract void WriteLine(string text);

    /// <summary>
    /// Shows the steps until <paramref name="followAsync"/> ends, which passes each new state of the steps to its
    /// argument.
    /// </summary>
    public abstract Task ShowStepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00 's'", CultureInfo.InvariantCulture);

    private sealed class PlainDisplay : Display
    {
        public override void WriteLine(string text) => Console.WriteLine(text);

        public override async Task ShowStepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync)
        {
            IReadOnlyList<StepView> last = [];
            var printed = 0;
            await followAsync(steps =>
            {
                last = steps;
                while (printed < steps.Count && steps[printed].HasEnded)
                    Write(steps[printed++]);
            });
            foreach (var step in last.Skip(printed).Where(step => step.State != "PENDING"))
                Write(step);
        }

        private static void Write(StepView step) =>
            Console.WriteLine($"  {step.Number,2}. {step.Name,-24} {step.State,-8} {step.Note}".TrimEnd());
    }

    private sealed class LiveDisplay : Display
    {
        public override void WriteLine(string text) => Terminal.MarkupLineInterpolated($"{text}");

        public override Task ShowStepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync) =>
            Terminal.Live(TableOf([])).StartAsync(live => followAsync(steps => live.UpdateTarget(TableOf(steps))));

        private static Table TableOf(IReadOnlyList<StepView> steps)
        {
            var table = new Table().NoBorder().HideHeaders().AddColumns("", "", "", "", "");
            foreach (var step in steps)
            {
                table.AddRow(
                    new Markup($"{step.Number,4}"),
                    new Markup(Markup.Escape(step.Name)),
                    new Markup($"[{Color(step.State)}]{step.State}[/]"),
                    new Markup(step.Duration is { } duration ? $"[grey]{Seconds(duration)}[/]" : ""),
                    new Markup(Markup.Escape(step.Note)));
            }

            return table;
        }

        private static string Color(string state) => state switch
        {
            "DONE" => "green",
            "RUNNING" => "blue",
            "WAITING" or "PARKED" => "yellow",
            "FAILED" => "red",
            _ => "grey",
        };
    }
}

/// <param name="Note">Reason why the step waits or failed; otherwise empty.</param>
internal sealed record StepView(int Number, string Name, string State, TimeSpan? Duration, string Note)
{
    public bool HasEnded => State is "DONE" or "SKIPPED" or "FAILED" or "PARKED";
}
