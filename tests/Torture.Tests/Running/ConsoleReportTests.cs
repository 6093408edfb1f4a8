using Spectre.Console;
using Torture.Cells;
using Torture.Running;

namespace Torture.Tests.Running;

public sealed class ConsoleReportTests : IDisposable
{
    private static readonly Matrix Matrix = Matrix.Generate();

    private readonly StringWriter output = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void A_run_without_failures_succeeds()
    {
        Assert.Equal(0, Summarize([Green(0), Green(1)], unknownCalls: []));
        Assert.Contains("2 green, 0 red", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_cell_makes_the_run_fail_and_is_printed_with_its_repeat_command()
    {
        var failed = Green(0) with { Failure = "realms: expected 1, found 2" };

        Assert.Equal(1, Summarize([failed, Green(1)], unknownCalls: []));
        Assert.Contains("1 green, 1 red", output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{failed.Cell.Name}: {failed.RepeatCommand}", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_is_in_no_table_makes_the_run_fail()
    {
        Assert.Equal(1, Summarize([Green(0)], unknownCalls: ["s3 PATCH /"]));
        Assert.Contains("s3 PATCH /", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_cells_fails() => Assert.Equal(1, Summarize([], unknownCalls: []));

    [Fact]
    public void A_failed_cell_is_printed_with_its_failure_as_it_ends()
    {
        Report().WriteResult(Green(0) with { Failure = "realms: expected 1, found [2]" });

        Assert.Contains("realms: expected 1, found [2]", output.ToString(), StringComparison.Ordinal);
    }

    private static Result Green(int index) => new(
        Matrix.Cells[index],
        Failure: null,
        TimeSpan.FromSeconds(1),
        $"./dev torture {Matrix.Cells[index].RepeatArguments}");

    private int Summarize(IReadOnlyList<Result> results, IReadOnlyList<string> unknownCalls) =>
        Report().WriteSummary(results, unknownCalls, Matrix);

    private ConsoleReport Report()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 1000;
        return new ConsoleReport(console, count: 2);
    }
}
