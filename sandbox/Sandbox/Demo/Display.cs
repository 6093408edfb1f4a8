using System.Globalization;
using Spectre.Console;

namespace Sandbox.Demo;

/// <summary>What the person in front of the demo sees: lines; on a terminal the steps change in place.</summary>
internal abstract class Display
{
    protected IAnsiConsole Terminal { get; } = AnsiConsole.Console;

    public static Display Create() => AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected
        ? new LiveDisplay()
        : new PlainDisplay();

    public abstract void Say(string text);

    /// <summary>
    /// Shows the steps until <paramref name="followAsync"/> ends; it calls back with each new view of them.
    /// </summary>
    public abstract Task StepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync);

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00 's'", CultureInfo.InvariantCulture);

    private sealed class PlainDisplay : Display
    {
        public override void Say(string text) => Console.WriteLine(text);

        public override async Task StepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync)
        {
            var told = new HashSet<StepView>();
            await followAsync(steps =>
            {
                var news = steps.Where(step => step.State != "PENDING" && told.Add(step with { Took = null }));
                foreach (var step in news)
                    Console.WriteLine($"  {step.Number,2}. {step.Name,-24} {step.State,-8} {step.Note}");
            });
        }
    }

    private sealed class LiveDisplay : Display
    {
        public override void Say(string text) => Terminal.MarkupLineInterpolated($"{text}");

        public override Task StepsAsync(Func<Action<IReadOnlyList<StepView>>, Task> followAsync) =>
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
                    new Markup(step.Took is { } took ? $"[grey]{Seconds(took)}[/]" : ""),
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

/// <param name="Note">Why it waits or failed; empty otherwise.</param>
internal sealed record StepView(int Number, string Name, string State, TimeSpan? Took, string Note);
