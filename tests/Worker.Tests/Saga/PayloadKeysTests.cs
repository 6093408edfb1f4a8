using System.Security.Cryptography;
using ControlPlane.Provisioning;
using ControlPlane.Security;
using ControlPlane.Temporal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Testing;
using Worker.Hosting;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Saga;

/// <summary>The functions and the worker have different PAYLOAD_KEYS, as after a rotation in the wrong order.</summary>
public sealed class PayloadKeysTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_whose_input_the_worker_cannot_read_ends_Failed_and_the_repair_starts_another()
    {
        var tenant = await fixture.GivenTenantAsync();
        using var functions = BuildFunctions();

        var run = await StartAsync(functions, tenant);

        await AssertMore.EventuallyAsync(async () => Assert.Equal(
            WorkflowExecutionStatus.Failed, (await run.DescribeAsync()).Status));
        Assert.Contains(fixture.Logs.Lines, line => line.StartsWith(
            $"Error INPUT_UNREADABLE {run.Id}: ", StringComparison.Ordinal));
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET updated_at = now() - interval '3 minutes' WHERE id = $1", tenant.Id);
        await fixture.RepairAsync();
        await AssertMore.EventuallyAsync(async () => Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant)));
    }

    [Fact]
    public async Task Cancel_works_although_the_worker_has_written_with_a_key_that_the_functions_lack()
    {
        var tenant = await fixture.GivenTenantAsync();
        using var functions = BuildFunctions();
        var inStep = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        fixture.Hooks.Before("ProvisionStorage", tenant, async () =>
        {
            inStep.TrySetResult();
            await cancelled.Task;
        });
        await fixture.StartAsync(tenant);
        await inStep.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken);

        var rollback = await functions.Services.GetRequiredService<CancelProvisioning>()
            .ExecuteAsync(tenant.Id, CancellationToken);
        cancelled.SetResult();

        Assert.NotNull(rollback.RunId);
        await AssertMore.EventuallyAsync(async () =>
            Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant)));
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task Cancel_works_while_no_worker_can_read_the_input()
    {
        var tenant = await fixture.GivenTenantAsync();
        using var functions = BuildFunctions();
        await using (await fixture.StopWorkerAsync())
        {
            await StartAsync(functions, tenant);
            await fixture.Services.GetRequiredService<CancelProvisioning>().ExecuteAsync(tenant.Id, CancellationToken);
        }

        await AssertMore.EventuallyAsync(async () => Assert.NotNull(
            (await fixture.Temporal.GetWorkflowHandle(IProvisionTenantWorkflow.WorkflowId(tenant.Id)).DescribeAsync())
                .CloseTime));
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET updated_at = now() - interval '3 minutes' WHERE id = $1", tenant.Id);
        await fixture.RepairAsync();
        await AssertMore.EventuallyAsync(async () =>
            Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant)));
    }

    [Fact]
    public async Task A_run_that_has_begun_waits_for_a_worker_with_its_key()
    {
        var tenant = await fixture.GivenTenantAsync();
        var inStep = new TaskCompletionSource();
        fixture.Hooks.Before("ProvisionStorage", tenant, async () =>
        {
            inStep.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System,
                Temporalio.Activities.ActivityExecutionContext.Current.CancellationToken);
        });
        var run = await fixture.StartAsync(tenant);
        await inStep.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken);
        await using (await fixture.ChangeSettingsAsync(("PAYLOAD_KEYS", NewKeys())))
        {
            fixture.Hooks.Clear();
            await AssertMore.EventuallyAsync(() =>
            {
                Assert.Contains("The input cannot be decrypted", fixture.Logs.Text, StringComparison.Ordinal);
                return Task.CompletedTask;
            });
            Assert.Equal(WorkflowExecutionStatus.Running, (await run.DescribeAsync()).Status);
        }

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
    }

    private static string NewKeys() => $"f1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static async Task<WorkflowHandle> StartAsync(IHost functions, TestTenant tenant)
    {
        var started = await functions.Services.GetRequiredService<StartProvisioning>().ExecuteAsync(
            tenant.Id, ProvisioningFixture.SubscriptionOf(tenant), CancellationToken);
        return functions.Services.GetRequiredService<ControlPlaneWorkflows>().Client
            .GetWorkflowHandle(started.WorkflowId, started.RunId);
    }

    // The use cases of the functions, with a key that the worker lacks and without the worker's.
    private IHost BuildFunctions()
    {
        var builder = WorkerHost.CreateBuilder(fixture.HostSettings);
        var options = builder.Services.Last(service => service.ServiceType == typeof(TemporalOptions));
        builder.Services.Add(ServiceDescriptor.Singleton((TemporalOptions)options.ImplementationInstance! with
        {
            PayloadKeys = KeyRing.Parse("PAYLOAD_KEYS", NewKeys()),
        }));
        return builder.Build();
    }
}
