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
public sealed class RecordingTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>, IAsyncLifetime
{
    private static bool isReadable;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!isReadable)
        {
            await fixture.RestartWorkerAsync(("PAYLOAD_KEYS", null));
            await fixture.ReconnectAsync();
            isReadable = true;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Active()
    {
        var tenant = await fixture.GivenTenantAsync();
        var run = await fixture.StartAsync(tenant);
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
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse(activity, tenant);
        var run = await fixture.StartAsync(tenant);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        await ReplayAsync($"failed-at-{activity}", run);
        await ReplayAsync("failure-mail", fixture.Temporal.GetWorkflowHandle($"provisioning-failed-{tenant.Id}-1"));
    }

    [Theory]
    [InlineData("CreateIdp")]
    [InlineData("ProvisionStorage")]
    public async Task Cancelled_at(string activity)
    {
        var tenant = await fixture.GivenTenantAsync();
        var reached = new TaskCompletionSource();
        fixture.Hooks.Before(activity, tenant, async () =>
        {
            reached.TrySetResult();
            await Task.Delay(
                Timeout.InfiniteTimeSpan,
                TimeProvider.System,
                Temporalio.Activities.ActivityExecutionContext.Current.CancellationToken);
        });
        var run = await fixture.StartAsync(tenant);
        await reached.Task;
        await run.CancelAsync();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        await ReplayAsync($"cancelled-at-{activity}", run);
    }

    [Fact]
    public async Task Activation_with_a_lost_answer()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.After("ActivateTenant", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));
        var run = await fixture.StartAsync(tenant);
        await run.GetResultAsync();

        await ReplayAsync("activation-lost", run);
    }

    [Fact]
    public async Task Mail_parked()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("SendNotification", tenant);
        var run = await fixture.StartAsync(tenant);
        await run.GetResultAsync();

        await ReplayAsync("mail-parked", run);
    }

    [Fact]
    public async Task Residue_left()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before(
            "CreateResources", tenant, () => throw new ControlPlaneException(ErrorCode.Forbidden, "Refused."));
        fixture.Hooks.Before(
            "DeleteStorage", tenant, () => throw new ControlPlaneException(ErrorCode.NotConfigured, "Not configured."));
        fixture.Hooks.Before("FindDatabaseResidue", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused."));
        var run = await fixture.StartAsync(tenant);
        await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        await ReplayAsync("undo-given-up", run);
    }

    [Fact]
    public async Task Rolled_back_again()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        fixture.Hooks.Before(
            "DeleteStorage", tenant, () => throw new ControlPlaneException(ErrorCode.NotConfigured, "Not configured."));
        await fixture.FailAsync(tenant);
        var inVain = fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant));
        await Assert.ThrowsAsync<WorkflowFailedException>(() => inVain.GetResultAsync());
        fixture.Hooks.Clear();
        var run = fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant));
        await run.GetResultAsync();

        await ReplayAsync("rolled-back-again-in-vain", inVain);
        await ReplayAsync("rolled-back-again", run);
    }

    [Fact]
    public async Task Stale()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");
        var run = await fixture.Temporal.StartWorkflowAsync(
            (IProvisionTenantWorkflow workflow) => workflow.RunAsync(tenant.Attempt(1)),
            new WorkflowOptions(IProvisionTenantWorkflow.WorkflowId(tenant.Id), "tenant-provisioning"));
        await run.GetResultAsync();

        await ReplayAsync("stale", run);
    }

    [Fact]
    public async Task Invitations_and_leads()
    {
        await fixture.StoreSealingKeyAsync();
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        var renewed = await fixture.RenewInvitationAsync(tenant);
        string token = await fixture.InvitationTokenAsync(tenant, mail: 2);
        await fixture.Services.GetRequiredService<AcceptInvitation>()
            .ExecuteAsync(token, "correct horse battery staple", CancellationToken);
        var mail = await fixture.Temporal.StartWorkflowAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(tenant.LeadId, 1)),
            new WorkflowOptions(ISendLeadVerificationWorkflow.WorkflowId(tenant.LeadId, 1), "tenant-provisioning"));
        await mail.GetResultAsync();

        await ReplayAsync("lead-verification", mail);
        await ReplayAsync("send-invitation", fixture.Temporal.GetWorkflowHandle(
            ISendInvitationWorkflow.WorkflowId(renewed.Id, renewed.Generation)));
        await ReplayAsync("accept-invitation", fixture.Temporal.GetWorkflowHandle(
            IAcceptInvitationWorkflow.WorkflowId(renewed.Id, renewed.Generation)));
    }

    [Fact]
    public async Task Residue_read()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();

        await ReplayReadingAsync("read-residue", tenant);
    }

    [Fact]
    public async Task Residue_unreadable()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        await using var down = await fixture.Control.SetFaultAsync(new FaultRule
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
        await ReplayAsync("sweep", await fixture.StartSweepAsync());
        using var failing = fixture.Hooks.BeforeSweep(
            "SweepOrphans", () => throw new ControlPlaneException(ErrorCode.Unavailable, "Unavailable."));
        await ReplayAsync("sweep-failures-told", await fixture.StartSweepAsync());
    }

    [Fact]
    public async Task Attempts_repaired()
    {
        await ReplayAsync("repair-attempts", await fixture.StartRepairAsync());
        using var failing = fixture.Hooks.BeforeSweep(
            "SettleAttempts", () => throw new ControlPlaneException(ErrorCode.Unavailable, "Unavailable."));
        await ReplayAsync("repair-attempts-failed", await fixture.StartRepairAsync());
    }

    private async Task ReplayReadingAsync(string name, TestTenant tenant)
    {
        await fixture.ReadResidueAsync(tenant);
        await ReplayAsync(name, fixture.Temporal.GetWorkflowHandle(IReadResidueWorkflow.WorkflowId(tenant.Id)));
    }

    private static async Task ReplayAsync(string name, WorkflowHandle run)
    {
        try
        {
            await run.GetResultAsync();
        }
        catch (WorkflowFailedException)
        {
            // Only the end matters here, not its outcome.
        }

        var history = await run.FetchHistoryAsync();
        await ReplayTests.Replayer().ReplayWorkflowAsync(history, cancellationToken: CancellationToken);
        await Recordings.WriteIfAskedAsync(name, history);
    }
}
