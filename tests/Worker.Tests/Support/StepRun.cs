using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Testing;
using Worker.Saga;

namespace Worker.Tests.Support;

/// <summary>Runs the activities of one step outside a workflow, with the worker's services.</summary>
public sealed class StepRun<TStep>(ProvisioningFixture fixture, ProvisionTenantInput input)
    where TStep : class, IPlainStep
{
    public Task ExecuteAsync() => RunAsync((step, input) => step.ExecuteAsync(input));

    public Task RunAsync(Func<TStep, ProvisionTenantInput, Task> activity) =>
        Environment().RunAsync(() => activity(Step(), input));

    public Task<T> RunAsync<T>(Func<TStep, ProvisionTenantInput, Task<T>> activity) =>
        Environment().RunAsync(() => activity(Step(), input));

    private static ActivityEnvironment Environment() => new()
    {
        Info = ActivityEnvironment.DefaultInfo with { StartToCloseTimeout = TStep.Options.StartToClose },
    };

    private TStep Step() => fixture.Services.GetRequiredService<TStep>();
}

/// <summary>The other activities of a step with an undo.</summary>
public static class CompensatedStepRun
{
    public static Task CompensateAsync<TStep>(this StepRun<TStep> run)
        where TStep : class, ICompensatedStep => run.RunAsync((step, input) => step.CompensateAsync(input));

    public static Task<int> FindResidueAsync<TStep>(this StepRun<TStep> run)
        where TStep : class, ICompensatedStep => run.RunAsync((step, input) => step.FindResidueAsync(input));
}
