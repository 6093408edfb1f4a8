using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Leads;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Saga;

/// <summary>
/// Runs each shape of each workflow and replays the history that the run has just made. <see cref="Recordings"/> tells
/// how these histories are recorded for <see cref="ReplayTests"/>.
/// </summary>
public sealed class RecordingTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>, IAsyncLifetime
{
    private static bool isReadable;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!isReadable)
        {
            await world.RestartWorkerAsync(("PAYLOAD_KEYS", null));
            await world.ReconnectAsync();
            isReadable = true;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Active()
    {
        var tenant = await world.GivenTenantAsync();
        var run = await world.StartAsync(tenant);
        await run.GetResultAsync();

        await ReplayAsync("active", run);
    }

    [Theory]
    [InlineData("UpdateStatus")]
    [InlineData("CreateIdp")]
    [InlineData("CreateAdminUser")]
    [InlineData("ProvisionDatabase")]
    [InlineData("ProvisionStorage")]
    [InlineData("CreateResources")]
    [InlineData("ActivateTenant")]
    public async Task Failed_at(string activity)
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse(activity, tenant);
        var run = await world.StartAsync(tenant);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        await ReplayAsync($"failed-at-{activity}", run);
        await ReplayAsync("failure-mail", world.Temporal.GetWorkflowHandle($"provisioning-failed-{tenant.Id}-1"));
    }

    [Theory]
    [InlineData("CreateIdp")]
    [InlineData("ProvisionStorage")]
    public async Task Cancelled_at(string activity)
    {
        var tenant = await world.GivenTenantAsync();
        var reached = new TaskCompletionSource();
        world.Hooks.Before(activity, tenant, async () =>
        {
            reached.TrySetResult();
            await Task.Delay(
                Timeout.InfiniteTimeSpan,
                TimeProvider.System,
                Temporalio.Activities.ActivityExecutionContext.Current.CancellationToken);
        });
        var run = await world.StartAsync(tenant);
        await reached.Task;
        await run.CancelAsync();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        await ReplayAsync($"cancelled-at-{activity}", run);
    }

    [Fact]
    public async Task Activation_with_a_lost_answer()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.After("ActivateTenant", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));
        var run = await world.StartAsync(tenant);
        await run.GetResultAsync();

        await ReplayAsync("activation-lost", run);
    }

    [Fact]
    public async Task Mail_parked()
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse("SendNotification", tenant);
        var run = await world.StartAsync(tenant);
        await run.GetResultAsync();

        await ReplayAsync("mail-parked", run);
    }

    [Fact]
    public async Task Residue_left()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.Before(
            "CreateResources", tenant, () => throw new ControlPlaneException(ErrorCode.Forbidden, "No."));
        world.Hooks.Before(
            "DeleteStorage", tenant, () => throw new ControlPlaneException(ErrorCode.NotConfigured, "No."));
        world.Hooks.Before("FindDatabaseResidue", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "No."));
        var run = await world.StartAsync(tenant);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        await ReplayAsync("undo-given-up", run);
    }

    [Fact]
    public async Task Rolled_back_again()
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse("CreateResources", tenant);
        world.Hooks.Before(
            "DeleteStorage", tenant, () => throw new ControlPlaneException(ErrorCode.NotConfigured, "No."));
        await world.FailAsync(tenant);
        var inVain = world.RollbackRun(tenant, await world.RollBackAsync(tenant));
        await Assert.ThrowsAsync<WorkflowFailedException>(() => inVain.GetResultAsync());
        world.Hooks.Clear();
        var run = world.RollbackRun(tenant, await world.RollBackAsync(tenant));
        await run.GetResultAsync();

        await ReplayAsync("rolled-back-again-in-vain", inVain);
        await ReplayAsync("rolled-back-again", run);
    }

    [Fact]
    public async Task Stale()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");
        var run = await world.Temporal.StartWorkflowAsync(
            (IProvisionTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));
        await run.GetResultAsync();

        await ReplayAsync("stale", run);
    }

    [Fact]
    public async Task Invitations_and_leads()
    {
        await world.StoreSealingKeyAsync();
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        var renewed = await world.Services.GetRequiredService<RenewInvitation>().ExecuteAsync(
            tenant.Id, CancellationToken);
        string token = await world.InvitationTokenAsync(tenant, mail: 2);
        await world.Services.GetRequiredService<AcceptInvitation>()
            .ExecuteAsync(token, "correct horse battery staple", CancellationToken);
        var mail = await world.Temporal.StartWorkflowAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(tenant.LeadId, 1)),
            new WorkflowOptions(ISendLeadVerificationWorkflow.WorkflowId(tenant.LeadId, 1), "tenant-provisioning"));
        await mail.GetResultAsync();

        await ReplayAsync("lead-verification", mail);
        await ReplayAsync("send-invitation", world.Temporal.GetWorkflowHandle(
            ISendInvitationWorkflow.WorkflowId(renewed.Id, renewed.Generation)));
        await ReplayAsync("accept-invitation", world.Temporal.GetWorkflowHandle(
            IAcceptInvitationWorkflow.WorkflowId(renewed.Id, renewed.Generation)));
    }

    [Fact]
    public async Task Residue_read()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();

        await ReplayReadingAsync("read-residue", tenant);
    }

    [Fact]
    public async Task Residue_unreadable()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        await using var down = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Count = 0,
        });

        await ReplayReadingAsync("read-residue-unreadable", tenant);
    }

    [Fact]
    public async Task Swept()
    {
        await ReplayAsync("sweep", await world.StartSweepAsync());
        using var failing = world.Hooks.BeforeSweep(
            "SweepOrphans", () => throw new ControlPlaneException(ErrorCode.Unavailable, "Away."));
        await ReplayAsync("sweep-failures-told", await world.StartSweepAsync());
    }

    private async Task ReplayReadingAsync(string name, TestTenant tenant)
    {
        await world.Services.GetRequiredService<GetResidue>().ExecuteAsync(tenant.Id, CancellationToken);
        await ReplayAsync(name, world.Temporal.GetWorkflowHandle(IReadResidueWorkflow.WorkflowId(tenant.Id)));
    }

    private static async Task ReplayAsync(string name, WorkflowHandle run)
    {
        try
        {
            await run.GetResultAsync();
        }
        catch (WorkflowFailedException)
        {
            // However it ended: it has.
        }

        var history = await run.FetchHistoryAsync();
        await ReplayTests.Replayer().ReplayWorkflowAsync(history, cancellationToken: CancellationToken);
        await Recordings.WriteIfAskedAsync(name, history);
    }
}
