using ControlPlane;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// The row of a step is guarded: a try that ends late (its worker was suspended, or its timeout had expired) does not
/// rewrite what the run has decided since.
/// </summary>
public sealed class StepJournalStateTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Step = "provision-database";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private ProvisioningJournal Journal => fixture.Services.GetRequiredService<ProvisioningJournal>();

    [Fact]
    public async Task A_step_that_has_failed_is_not_DONE_by_a_late_try()
    {
        var tenant = await GivenFailedAsync();

        await Journal.StepDoneAsync(tenant.Id, 1, Step, CancellationToken);

        var step = await StepAsync(tenant);
        Assert.Equal(("FAILED", "forbidden", "Refused."), (step.State, step.ErrorCode, step.Error));
    }

    [Fact]
    public async Task A_step_that_is_done_does_not_wait_or_fail_by_a_late_try()
    {
        var tenant = await GivenActiveAsync();

        await Journal.StepFailedAsync(
            tenant.Id, 1, Step, "unavailable", "Late.", DateTimeOffset.UnixEpoch, CancellationToken);
        await Journal.StepFailedAsync(tenant.Id, 1, Step, "refused", "Late.", null, CancellationToken);

        var step = await StepAsync(tenant);
        Assert.Equal(("DONE", null), (step.State, step.Error));
    }

    [Fact]
    public async Task A_mail_that_was_sent_late_is_not_parked()
    {
        var tenant = await GivenActiveAsync();

        await Journal.StepParkedAsync(tenant.Id, 1, "send-notification", CancellationToken);

        Assert.Equal("DONE", (await StepAsync(tenant, "send-notification")).State);
    }

    [Fact]
    public async Task A_late_try_of_an_attempt_that_is_over_does_not_run()
    {
        var tenant = await GivenFailedAsync();

        await Journal.StepStartedAsync(tenant.Id, 1, "create-idp", 2, CancellationToken);

        Assert.Equal("DONE", (await StepAsync(tenant, "create-idp")).State);
    }

    [Fact]
    public async Task The_progress_of_a_step_is_shown_while_it_runs_and_begins_anew_with_each_try()
    {
        var tenant = await fixture.GivenTenantAsync();
        string? running = null, waiting = null, again = null;
        fixture.Hooks.Before("ProvisionStorage", tenant, async () =>
        {
            const string Storage = "provision-storage";
            await Journal.StepProgressAsync(tenant.Id, 1, Storage, "3 of 7 resources", CancellationToken);
            running = (await StepAsync(tenant, Storage)).Progress;
            await Journal.StepFailedAsync(
                tenant.Id, 1, Storage, "unavailable", "Away.", DateTimeOffset.UnixEpoch, CancellationToken);
            waiting = (await StepAsync(tenant, Storage)).Progress;
            await Journal.StepStartedAsync(tenant.Id, 1, Storage, 2, CancellationToken);
            again = (await StepAsync(tenant, Storage)).Progress;
            await Journal.StepProgressAsync(tenant.Id, 1, Storage, "7 of 7 resources", CancellationToken);
        });

        await (await fixture.StartAsync(tenant)).GetResultAsync();
        await Journal.StepProgressAsync(tenant.Id, 1, "provision-storage", "late", CancellationToken);

        Assert.Equal(("3 of 7 resources", null, null), (running, waiting, again));
        Assert.Null((await StepAsync(tenant, "provision-storage")).Progress);
    }

    [Fact]
    public async Task An_undo_keeps_its_end()
    {
        var tenant = await GivenFailedAsync();

        await Journal.UndoFailedAsync(tenant.Id, 1, Step, "Late.", DateTimeOffset.UnixEpoch, CancellationToken);
        Assert.Equal(("DONE", null), Undo(await StepAsync(tenant)));

        await Journal.UndoStartedAsync(tenant.Id, 1, Step, 1, CancellationToken);
        await Journal.UndoFailedAsync(tenant.Id, 1, Step, "Given up.", null, CancellationToken);
        await Journal.UndoDoneAsync(tenant.Id, 1, Step, CancellationToken);
        Assert.Equal(("FAILED", "Given up."), Undo(await StepAsync(tenant)));
    }

    private static (string?, string?) Undo(ProvisioningStep step) => (step.UndoState, step.UndoError);

    private async Task<TestTenant> GivenFailedAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.Before("ProvisionDatabase", tenant, () =>
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused."));
        await fixture.FailAsync(tenant);
        return tenant;
    }

    private async Task<TestTenant> GivenActiveAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        return tenant;
    }

    private async Task<ProvisioningStep> StepAsync(TestTenant tenant, string step = Step) =>
        (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == step);
}
