using System.Reflection;
using System.Text.RegularExpressions;
using Temporalio.Activities;
using Temporalio.Workflows;
using Worker.Saga;
using Worker.Steps;
using Worker.Systems;

namespace Architecture.Tests;

public sealed partial class ProvisioningTests
{
    private static readonly Assembly Worker = typeof(ProvisionTenantWorkflow).Assembly;

    [Fact]
    public void The_workflow_runs_the_list_of_steps_in_its_order()
    {
        var steps = StepList.All.ToDictionary(step => step.Type.Name, step => step.Id);

        var inWorkflow = StepCall().Matches(Repository.Read(
                "src", "Worker", "Saga", "ProvisionTenantWorkflow.workflow.cs"))
            .Select(call => steps[call.Groups[1].Value]);

        Assert.Equal(StepList.All.Select(step => step.Id), inWorkflow);
    }

    [Fact]
    public void The_list_of_steps_holds_every_step_class()
    {
        var classes = Worker.GetTypes()
            .Where(
                type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IProvisioningStep)));

        Assert.Equal(
            classes.Select(type => type.Name).Order(), StepList.All.Select(step => step.Type.Name).Order());
        Assert.Equal(StepList.All.Count, StepList.All.Select(step => step.Id).Distinct().Count());
    }

    [Fact]
    public void A_step_is_listed_with_its_undo_when_its_class_has_one() => Assert.All(
        StepList.All,
        step => Assert.Equal(
            step.Type.IsAssignableTo(typeof(ICompensatedStep)),
            step is { Compensation: not null, CompensateActivity: not null }));

    [Fact]
    public void The_class_of_a_step_is_named_as_its_title_and_its_id() => Assert.All(
        StepList.All,
        step =>
        {
            Assert.Equal(step.Type.Name, step.Title.Replace(" ", "", StringComparison.Ordinal), ignoreCase: true);
            Assert.Equal(step.Id, step.Title.Replace(' ', '-'), ignoreCase: true);
        });

    [Fact]
    public void A_step_needs_a_registered_system_or_none()
    {
        var systems = OutsideSystems.All.Select(system => system.Id).ToHashSet();

        Assert.All(StepList.All, step => Assert.True(step.System is null || systems.Contains(step.System), step.Id));
        Assert.Equal(OutsideSystems.All.Count, systems.Count);
    }

    [Fact]
    public void The_document_of_the_saga_lists_the_same_steps_with_the_same_numbers_and_titles()
    {
        var documented = DocumentedStep().Matches(Repository.Read("docs", "provisioning.md"))
            .Select(row => (int.Parse(row.Groups[1].Value, null), row.Groups[2].Value.Trim(), row.Groups[3].Value));

        Assert.Equal(StepList.All.Select((step, i) => (i + 1, step.Title, step.Id)), documented);
    }

    [Fact]
    public void Undos_run_in_the_reverse_order_of_the_steps()
    {
        var undos = StepList.Compensations(new(Guid.Empty, 1), [.. StepList.All.Select(step => step.Id)]);

        Assert.Equal(
            StepList.All.Where(step => step.CompensateActivity is not null).Select(step => step.Id).Reverse(),
            undos.Select(undo => undo.Step));
    }

    [Fact]
    public void No_two_activities_have_one_name()
    {
        var names = Worker.GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<ActivityAttribute>()?.Name)
            .OfType<string>()
            .ToList();

        Assert.NotEmpty(names);
        Assert.Equal(names.Distinct().Order(), names.Order());
    }

    [Fact]
    public void Workflow_code_lies_in_files_that_say_so()
    {
        var elsewhere = Repository.Sources("src/Worker")
            .Where(file => !file.EndsWith(".workflow.cs", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains("[Workflow(", StringComparison.Ordinal));

        Assert.Empty(elsewhere);
        Assert.Contains(Worker.GetTypes(), type => type.GetCustomAttribute<WorkflowAttribute>() is not null);
    }

    [Fact]
    public void Workflow_code_catches_nothing_without_saying_what()
    {
        var blind = Repository.Sources("src/Worker", "*.workflow.cs")
            .Where(file => BlindCatch().IsMatch(Repository.Read(file)));

        Assert.Empty(blind);
    }

    [GeneratedRegex(@"await saga\.\w+<(\w+)>\(\);")]
    private static partial Regex StepCall();

    [GeneratedRegex(@"^\|\s*(\d+)\s*\|([^|\n`]*)`([a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedStep();

    [GeneratedRegex(@"catch\s*(\(Exception(\s+\w+)?\))?\s*\{")]
    private static partial Regex BlindCatch();
}
