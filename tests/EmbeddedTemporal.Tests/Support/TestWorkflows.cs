using System.Reflection;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Support;

internal static class TestWorkflows
{
    /// <summary>All workflows in this assembly.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. typeof(TestWorkflows).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<WorkflowAttribute>() is not null),
    ];
}
