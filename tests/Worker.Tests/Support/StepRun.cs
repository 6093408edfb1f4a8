using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Testing;
using Worker.Saga;

namespace Worker.Tests.Support;

/// <summary>Runs the activities of one step outside a workflow, with the worker's services.</summary>
public sealed class StepRun<TStep>(ProvisioningFixture fixture, ProvisionTenantInput input)
    where TStep : class, ICompensatedStep
{
    public Task ExecuteAsync() => Environment().RunAsync(() => Step().ExecuteAsync(input));

    public Task CompensateAsync() => Environment().RunAsync(() => Step().CompensateAsync(input));

    public Task<int> FindResidueAsync() => Environment().RunAsync(() => Step().FindResidueAsync(input));

    private static ActivityEnvironment Environment() => new()
    {
        Info = ActivityEnvironment.DefaultInfo with { StartToCloseTimeout = TStep.Options.StartToClose },
    };

    private TStep Step() => fixture.Services.GetRequiredService<TStep>();
}
