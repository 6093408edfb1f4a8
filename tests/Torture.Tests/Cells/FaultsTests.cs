using Torture.Cells;

namespace Torture.Tests.Cells;

public sealed class FaultsTests
{
    private readonly Matrix matrix = Matrix.Generate();

    [Fact]
    public void Fault_names_are_unique() =>
        Assert.Equal(Faults.All.Count, Faults.All.Select(fault => fault.Name).Distinct().Count());

    // A misspelt name would silently remove cells.
    [Fact]
    public void A_call_is_limited_to_faults_that_exist()
    {
        var names = Faults.All.Select(fault => fault.Name).ToHashSet();

        Assert.All(
            StepCalls.All.Where(call => call.Only is not null),
            call => Assert.All(call.Only!.Faults, name => Assert.Contains(name, names)));
    }

    [Fact]
    public void A_call_gets_an_error_of_its_own_protocol()
    {
        foreach (var cell in matrix.Cells.Where(cell => cell.Fault.Transform is not null))
        {
            var before = cell.Call.RuleFor("acme", "id");
            var rule = cell.Fault.Transform!(before);
            bool isHttpAnswer = rule.Status != before.Status || rule.Body.Length > 0 || rule.RetryAfter is not null;

            Assert.True(rule.SqlState is null || cell.Call.IsPostgres, cell.Name);
            Assert.False(isHttpAnswer && cell.Call.IsPostgres, cell.Name);
        }
    }

    [Fact]
    public void A_lost_or_late_effect_is_injected_only_into_calls_that_have_one() =>
        Assert.All(
            matrix.Cells.Where(
                cell => cell.Fault.Name is "lost" or "late" or Faults.LateInUndo or Faults.LateAfterUndo),
            cell => Assert.True(cell.Call.Changes, cell.Name));

    [Fact]
    public void A_fault_that_kills_a_part_says_how_its_call_is_held() =>
        Assert.All(
            Faults.All.Where(fault => fault.KilledPart is not null),
            fault => Assert.True(fault is { HoldKind: not null, Transform: null }, fault.Name));
}
