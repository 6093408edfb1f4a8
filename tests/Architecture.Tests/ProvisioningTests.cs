using System.Reflection;
using System.Text.RegularExpressions;
using ControlPlane.Provisioning;
using Temporalio.Activities;
using Temporalio.Workflows;
using Worker.Saga;

namespace Architecture.Tests;

public sealed partial class ProvisioningTests
{
    private static readonly Assembly Worker = typeof(ProvisionTenantWorkflow).Assembly;

    [Fact]
    public void The_workflow_runs_every_step_of_the_contract_in_its_order()
    {
        var steps = new StepCatalog().Steps.ToDictionary(step => step.Type.Name, step => step.Id);

        var inWorkflow = StepCall().Matches(Repository.Read(
                "src", "Worker", "Saga", "ProvisionTenantWorkflow.workflow.cs"))
            .Select(call => steps[call.Groups[1].Value]);

        Assert.Equal(ProvisioningSteps.All.Select(step => step.Id), inWorkflow);
    }

    [Fact]
    public void Each_step_class_has_its_own_id_from_the_contract() =>
        Assert.Equal(
            ProvisioningSteps.All.Select(step => step.Id).Order(),
            new StepCatalog().Steps.Select(step => step.Id).Order());

    [Fact]
    public void The_saga_document_lists_the_same_steps_with_the_same_numbers()
    {
        var documented = DocumentedStep().Matches(Repository.Read("docs", "provisioning.md"))
            .Select(row => (int.Parse(row.Groups[1].Value, null), row.Groups[2].Value));

        Assert.Equal(ProvisioningSteps.All.Select((step, i) => (i + 1, step.Id)), documented);
    }

    [Fact]
    public void The_compensation_list_has_each_undo_in_reverse_order()
    {
        var compensated = new StepCatalog().Steps
            .Where(step => step.Type.IsAssignableTo(typeof(ICompensatedStep)))
            .ToDictionary(step => step.Type.Name, step => step.Id);

        var listed = UndoInList().Matches(Repository.Read("src", "Worker", "Saga", "Compensation.workflow.cs"))
            .Select(undo => compensated[undo.Groups[1].Value]);

        Assert.Equal(ProvisioningSteps.All.Select(step => step.Id).Intersect(compensated.Values).Reverse(), listed);
    }

    [Fact]
    public void The_operations_document_lists_each_instrument()
    {
        var measured = Instrument().Matches(Repository.Read("src", "Worker", "Telemetry", "WorkerMetrics.cs"))
            .Select(name => name.Value);
        var documented = DocumentedInstrument().Matches(Repository.Read("docs", "operations.md"))
            .Select(row => row.Groups[1].Value);

        Assert.Equal(measured.Order(), documented.Order());
    }

    [Fact]
    public void Activity_names_are_unique()
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
    public void Workflows_are_in_files_named_workflow()
    {
        var elsewhere = Repository.Sources("src/Worker")
            .Where(file => !file.EndsWith(".workflow.cs", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains("[Workflow(", StringComparison.Ordinal));

        Assert.Empty(elsewhere);
        Assert.Contains(Worker.GetTypes(), type => type.GetCustomAttribute<WorkflowAttribute>() is not null);
    }

    [Fact]
    public void Workflow_code_catches_only_named_exceptions()
    {
        var blind = Repository.Sources("src/Worker", "*.workflow.cs")
            .Where(file => BlindCatch().IsMatch(Repository.Read(file)));

        Assert.Empty(blind);
    }

    [GeneratedRegex(@"^\s+Of<(\w+)>\(input\),", RegexOptions.Multiline)]
    private static partial Regex UndoInList();

    [GeneratedRegex(@"arc_saas\.[a-z_.]+")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"^\|\s*`(arc_saas\.[a-z_.]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedInstrument();

    [GeneratedRegex(@"await saga\.\w+<(\w+)>\(\);")]
    private static partial Regex StepCall();

    [GeneratedRegex(@"^\|\s*(\d+)\s*\|[^|\n]*`([a-z-]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedStep();

    [GeneratedRegex(@"catch\s*(\(Exception(\s+\w+)?\))?\s*\{")]
    private static partial Regex BlindCatch();
}
