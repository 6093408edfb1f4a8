using EndToEnd.Tests.Support;
using Sandbox.Control;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Testing;

namespace EndToEnd.Tests;

/// <summary>Temporal's Worker Versioning, which the embedded Temporal does not have.</summary>
public sealed class WorkerDeploymentTests(InstanceFixture fixture)
{
    private const string Deployment = "arc-saas";

    private Instance Instance => fixture.Instance;

    [Fact]
    public async Task A_saga_goes_on_with_the_version_that_is_made_the_current_one()
    {
        Assert.SkipUnless(Instance.IsReal, "Only the real Temporal has versions of workers: ./dev test --real.");
        var temporal = await TemporalClient.ConnectAsync(
            new($"127.0.0.1:{Instance.Address("TEMPORAL_PORT")}") { Namespace = "arc-saas" });
        string key = TenantKeys.New();
        var customer = new Customer(fixture, key);
        await customer.SignUpAsync();
        using var sandbox = new SandboxControl(Instance.S3);
        try
        {
            await StartWorkerAsync("0.2.0+one");
            await MakeCurrentAsync(temporal, "0.2.0+one");
            await using (var hang = await sandbox.SetFaultAsync(BucketCreationOf(key)))
            {
                await customer.ProvisionAsync();
                await hang.WaitForHitsAsync();
                Assert.Equal("0.2.0+one", await ReadBuildIdAsync(temporal, customer.TenantId));
                await StartWorkerAsync("0.2.0+two");
                await MakeCurrentAsync(temporal, "0.2.0+two");
            }

            await customer.WaitForActiveAsync();

            Assert.Equal("0.2.0+two", await ReadBuildIdAsync(temporal, customer.TenantId));
        }
        finally
        {
            await MakeCurrentAsync(temporal, "");
            await StartWorkerAsync(null);
        }
    }

    private static FaultRule BucketCreationOf(string key) =>
        new() { System = "s3", Method = "PUT", Path = $"/tenant-{key}-files*", Kind = FaultKind.Hang };

    // Without a build id the worker has no version, as by default.
    private async Task StartWorkerAsync(string? buildId) => (await Instance.DevWithEnvironmentAsync(
        buildId is null
            ? []
            : new() { ["WORKER_DEPLOYMENT_NAME"] = Deployment, ["WORKER_BUILD_ID"] = buildId },
        "crash", "worker")).EnsureSuccess();

    // Temporal knows a version when its worker has polled. Without a build id, workers without a version are current.
    private static Task MakeCurrentAsync(TemporalClient temporal, string buildId)
    {
        var request = new SetWorkerDeploymentCurrentVersionRequest
        {
            Namespace = "arc-saas",
            DeploymentName = Deployment,
            BuildId = buildId,
            IgnoreMissingTaskQueues = buildId.Length == 0,
        };
        return AssertMore.EventuallyAsync(async () => Assert.Null(await Record.ExceptionAsync(
            () => temporal.WorkflowService.SetWorkerDeploymentCurrentVersionAsync(request))));
    }

    private static async Task<string> ReadBuildIdAsync(TemporalClient temporal, string tenantId)
    {
        var run = await temporal.WorkflowService.DescribeWorkflowExecutionAsync(
            new() { Namespace = "arc-saas", Execution = new() { WorkflowId = $"provision-tenant-{tenantId}" } });
        return run.WorkflowExecutionInfo.VersioningInfo.DeploymentVersion.BuildId;
    }
}
