using ControlPlane;
using ControlPlane.Telemetry;
using Temporalio.Exceptions;
using Testing;
using Worker.Steps;
using Worker.Telemetry;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Telemetry;

public sealed class WorkerMetricsTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Stuck = "arc_saas.tenants.stuck";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_step_that_runs_is_measured_once()
    {
        using var measured = new Measurements(fixture);
        var tenant = await fixture.GivenTenantAsync();

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        string[] skipped =
        [
            "provision-infrastructure", "deploy-application",
            "configure-dns",
        ];
        var durations = measured.Of("arc_saas.step.duration");
        Assert.Equal(
            StepList.All.Select(step => step.Id).Except(skipped)
                .Select(step => $"kind=step outcome=done step={step}"),
            durations.Select(m => m.Tags));
        Assert.All(durations, m => Assert.InRange(m.Value, 0.0001, 60));
        Assert.Empty(measured.Of("arc_saas.step.failures"));
    }

    [Fact]
    public async Task A_failed_step_and_a_failed_undo_are_counted_with_their_codes()
    {
        using var measured = new Measurements(fixture);
        var tenant = await fixture.GivenTenantAsync();
        Refuse("ProvisionStorage", tenant, ErrorCode.Forbidden);
        Refuse("DropDatabase", tenant, ErrorCode.NotConfigured);

        await fixture.FailAsync(tenant);

        Assert.Equal(
            [
                "code=forbidden final=True kind=step step=provision-storage",
                "code=not_configured final=True kind=undo step=provision-database",
            ],
            measured.Of("arc_saas.step.failures").Select(m => m.Tags).Distinct());
        Assert.Contains("kind=step outcome=failed step=provision-storage", Tags(measured));
        Assert.Contains("kind=undo outcome=failed step=provision-database", Tags(measured));
        Assert.Contains("kind=undo outcome=done step=create-idp", Tags(measured));
    }

    [Fact]
    public async Task A_rollback_is_counted_while_it_runs_and_its_residue_until_it_is_gone()
    {
        using var measured = new Measurements(fixture);
        double incomplete = measured.Gauge("arc_saas.tenants.rollback_incomplete");
        double residue = measured.Gauge("arc_saas.residue");
        var tenant = await fixture.GivenTenantAsync();
        Refuse("CreateResources", tenant, ErrorCode.Forbidden);
        Refuse("DropDatabase", tenant, ErrorCode.NotConfigured);
        double rollingBack = -1;
        fixture.Hooks.Before("DeleteIdp", tenant, () =>
        {
            rollingBack = measured.Gauge("arc_saas.tenants.rolling_back");
            return Task.CompletedTask;
        });

        await fixture.FailAsync(tenant);

        Assert.Equal(1, rollingBack);
        Assert.Equal(0, measured.Gauge("arc_saas.tenants.rolling_back"));
        Assert.Equal(incomplete + 1, measured.Gauge("arc_saas.tenants.rollback_incomplete"));
        Assert.Equal(residue + 1, measured.Gauge("arc_saas.residue"));

        fixture.Hooks.Clear();
        await fixture.RollbackRun(tenant, await fixture.RollBackAsync(tenant)).GetResultAsync();

        Assert.Equal(incomplete, measured.Gauge("arc_saas.tenants.rollback_incomplete"));
        Assert.Equal(residue, measured.Gauge("arc_saas.residue"));
    }

    [Theory]
    [InlineData("RECORDED", "PENDING_PROVISION")]
    [InlineData("RUNNING", "PROVISIONING")]
    [InlineData("ROLLING_BACK", "ROLLING_BACK")]
    public async Task A_tenant_that_does_not_change_for_too_long_is_stuck(string state, string status)
    {
        using var measured = new Measurements(fixture);
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, status);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", tenant.Id, state);
        await SetLastChangeAsync(tenant, TimeSpan.FromMinutes(29));
        Assert.Equal(0, measured.Gauge(Stuck, $"state={state}"));

        await SetLastChangeAsync(tenant, TimeSpan.FromMinutes(31));
        Assert.Equal(1, measured.Gauge(Stuck, $"state={state}"));

        await fixture.GivenAttemptAsync(tenant, 1, "SUCCEEDED");
        Assert.Equal(0, measured.Gauge(Stuck, $"state={state}"));
    }

    [Fact]
    public async Task Findings_of_a_sweep_are_counted_and_orphans_until_they_are_gone()
    {
        using var measured = new Measurements(fixture);
        var left = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(left, 1, "ROLLED_BACK");
        await fixture.CreateRealmAsync(left, left.MarkOf());
        var unknown = SweepExtensions.UnknownTenant();
        await fixture.CreateRealmAsync(unknown, unknown.MarkOf());

        await fixture.SweepAsync();

        Assert.Contains(("kind=left_over type=keycloak_realm", 1), measured.Of("arc_saas.sweep.findings"));
        Assert.Contains(("kind=orphan type=keycloak_realm", 1), measured.Of("arc_saas.sweep.findings"));
        Assert.Equal(1, measured.Gauge("arc_saas.orphans"));

        await fixture.Systems.Keycloak.DeleteRealmAsync(unknown.Resources.Realm, CancellationToken);
        await fixture.SweepAsync();

        Assert.Equal(0, measured.Gauge("arc_saas.orphans"));
    }

    [Fact]
    public async Task A_failed_part_of_a_sweep_is_counted_with_its_code()
    {
        using var measured = new Measurements(fixture);
        using var failing = fixture.Hooks.BeforeSweep(
            "EraseContacts", () => throw new ControlPlaneException(ErrorCode.Unavailable, "Unavailable."));

        await Assert.ThrowsAsync<WorkflowFailedException>(fixture.SweepAsync);

        Assert.Equal(("code=unavailable part=contacts", 1), Assert.Single(measured.Of("arc_saas.sweep.failures")));
    }

    [Fact]
    public async Task With_an_endpoint_all_metrics_are_exported_by_OTLP()
    {
        await using var collector = new OtlpCollector();
        await using var exporting = await fixture.ChangeSettingsAsync(
            (MetricExportExtensions.EndpointSetting, collector.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"));

        await (await fixture.StartAsync(await fixture.GivenTenantAsync())).GetResultAsync();

        await collector.ReceiveAllAsync(
            WorkerMetrics.MeterName, "arc-saas-worker", "arc_saas.step.duration", "arc_saas.tenants.rolling_back",
            Stuck);
    }

    private static IEnumerable<string> Tags(Measurements measured) =>
        measured.Of("arc_saas.step.duration").Select(m => m.Tags);

    private Task<int> SetLastChangeAsync(TestTenant tenant, TimeSpan ago) => fixture.Postgres.ExecuteAsync(
        "UPDATE tenants SET updated_at = $2 WHERE id = $1", tenant.Id, TimeProvider.System.GetUtcNow() - ago);

    private void Refuse(string activity, TestTenant tenant, ErrorCode code) => fixture.Hooks.Before(
        activity, tenant, () => throw new ControlPlaneException(code, "Refused."));
}
