using Torture.Cells;
using Worker.Steps;

namespace Torture.Tests.Cells;

public sealed class StepCallsTests
{
    private const string Key = "acmeacme42";
    private const string Id = "0198c0de-0000-7000-8000-000000000001";

    [Fact]
    public void Call_names_are_unique_within_a_step_and_its_undo() =>
        Assert.Equal(StepCalls.All.Count, StepCalls.All.Select(call => $"{call}").Distinct().Count());

    [Fact]
    public void The_constants_of_step_ids_are_ids_of_the_product() => Assert.Subset(
        StepList.All.Select(step => step.Id).ToHashSet(),
        typeof(StepIds).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToHashSet());

    [Fact]
    public void Each_call_belongs_to_a_step_of_the_product()
    {
        var steps = StepList.All.Select(step => step.Id).ToHashSet();

        Assert.All(StepCalls.All, call => Assert.Contains(call.Step, steps));
    }

    [Fact]
    public void Each_step_has_its_report_and_a_step_with_an_undo_has_those_of_undo_and_reading()
    {
        // A step that is not implemented has no calls; MatrixTests checks that there is no other reason.
        var withoutCalls = Matrix.Generate().LeftOut.Select(entry => entry.Name).ToHashSet();
        foreach (var step in StepList.All.Where(step => !withoutCalls.Contains(step.Id)))
        {
            var reports = StepCalls.All.Where(call => call.IsReport && call.Step == step.Id).ToList();

            Assert.Contains(reports, call => call is { IsUndo: false, Name: "report" });
            if (Matrix.StepsWithUndo.Contains(step.Id))
            {
                Assert.Contains(reports, call => call is { IsUndo: true, Name: "report" });
                Assert.Contains(reports, call => call is { IsUndo: true, Name: StepCalls.Residue });
            }
        }
    }

    [Fact]
    public void A_report_is_that_of_its_steps_own_activity()
    {
        foreach (var call in StepCalls.All.Where(call => call is { IsReport: true, Name: "report" }))
        {
            var activity = StepList.FindActivity(call.Path.Split('/')[2]);

            Assert.Equal((call.Step, call.IsUndo), (activity?.Step.Id, activity?.IsUndo));
        }
    }

    [Fact]
    public void A_report_has_no_effect_of_its_own() =>
        Assert.All(StepCalls.All.Where(call => call.IsReport), call => Assert.False(call.Changes, $"{call}"));

    [Fact]
    public void The_rule_of_a_call_contains_no_placeholder()
    {
        foreach (var call in StepCalls.All)
        {
            var rule = call.RuleFor(Key, Id);

            Assert.DoesNotContain('{', $"{rule.Path}{rule.Query}{rule.BodyContains}");
        }
    }

    // Cells run in parallel: a fault must not hit the tenant of another cell.
    [Fact]
    public void The_rule_of_a_call_that_is_not_shared_identifies_the_tenant()
    {
        foreach (var call in StepCalls.All.Where(call => !call.IsShared))
        {
            var rule = call.RuleFor(Key, Id);
            string pattern = $"{rule.Path} {rule.Query} {rule.BodyContains}";

            Assert.True(
                pattern.Contains(Key, StringComparison.Ordinal) || pattern.Contains(Id, StringComparison.Ordinal),
                $"{call}: {pattern}");
        }
    }

    [Fact]
    public void A_call_that_needs_a_lost_answer_names_an_earlier_call_with_an_effect()
    {
        List<StepCall> inOrder = [.. StepCalls.All];
        foreach (var call in StepCalls.All.Where(call => call.AfterLost is not null))
        {
            var lost = StepCalls.Find(call.Step, call.AfterLost!);

            Assert.True(lost.Changes, $"{call}: {lost} has no effect");
            Assert.True(inOrder.IndexOf(lost) < inOrder.IndexOf(call), $"{call} comes before {lost}");
        }
    }

    [Fact]
    public void An_undo_is_caused_by_a_failing_call_of_a_step_and_a_step_needs_no_cause()
    {
        foreach (var call in StepCalls.All)
        {
            Assert.Equal(call.IsUndo, call.Trigger is { IsUndo: false, Changes: true, IsShared: false });
        }
    }

    [Fact]
    public void No_call_of_the_table_is_also_listed_without_a_cell()
    {
        var patterns = StepCalls.All.Select(call => call.Pattern).ToHashSet();

        Assert.All(UncoveredCalls.All, call => Assert.DoesNotContain(call.Pattern, patterns));
    }

    [Fact]
    public void Each_call_without_a_cell_has_a_reason() =>
        Assert.All(UncoveredCalls.All, call => Assert.False(string.IsNullOrWhiteSpace(call.Reason), $"{call}"));
}
