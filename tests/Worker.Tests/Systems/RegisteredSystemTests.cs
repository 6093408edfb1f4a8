using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Testing;
using Worker.Commands;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Systems;

/// <summary>
/// A system that is registered by one line appears in every part of the worker, without a change to any of them.
/// </summary>
public sealed class RegisteredSystemTests(ProvisioningFixture fixture)
    : IClassFixture<ProvisioningFixture>, IAsyncLifetime
{
    private readonly ToySystem toys = new();

    public async ValueTask InitializeAsync()
    {
        fixture.RegisteredSystems = [.. OutsideSystems.All, toys];
        await fixture.RestartWorkerAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Doctor_runs_its_checks()
    {
        var (_, output) = await RunAsync("doctor");

        Assert.Matches(@"✔ Toy box +it is open", output);
    }

    [Fact]
    public async Task Setup_makes_its_objects()
    {
        var (exitCode, output) = await RunAsync("setup");

        Assert.Equal(0, exitCode);
        Assert.Contains("Toy box: a lid", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_runs_its_checks()
    {
        var tenant = await GivenActiveAsync();

        var (_, output) = await RunAsync("verify", tenant.Key);

        Assert.Matches($"✔ toy +{ToySystem.NameOf(tenant.Key)}", output);
    }

    [Fact]
    public async Task Residue_lists_its_objects()
    {
        var tenant = await GivenActiveAsync();

        var (exitCode, output) = await RunAsync("residue", tenant.Key);

        Assert.Equal(0, exitCode);
        Assert.Matches($"✔ toy +toy_object {ToySystem.NameOf(tenant.Key)}: live, attempt 1, a bear", output);
    }

    [Fact]
    public async Task A_reading_over_HTTP_lists_its_objects_after_those_of_the_other_systems()
    {
        var tenant = await GivenActiveAsync();

        var last = (await fixture.ReadResidueAsync(tenant)).Systems[^1];

        Assert.Equal(("toy", "READ"), (last.System, last.State));
        Assert.Equal(
            (ToySystem.ObjectType, ToySystem.NameOf(tenant.Key), 1),
            (last.Found.Single().Type, last.Found.Single().Name, last.Found.Single().Attempt));
    }

    [Fact]
    public async Task The_sweep_deletes_what_a_rolled_back_attempt_left_in_it_and_reports_orphans()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.FailAfterAllStepsAsync(tenant);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET ended_at = ended_at - interval '1 day' WHERE tenant_id = $1", tenant.Id);
        var leftOver = new MarkedObject("left", new OwnershipMark(ProvisioningFixture.Installation, tenant.Id, 1));
        var orphan = new MarkedObject(
            "orphan", new OwnershipMark(ProvisioningFixture.Installation, Guid.CreateVersion7(), 1));
        toys.Marked.AddRange([leftOver, orphan]);

        await fixture.SweepAsync();

        Assert.Equal([orphan], toys.Marked);
        Assert.Equal(1L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM orphans WHERE type = 'toy_object' AND name = 'orphan'"));
    }

    [Fact]
    public async Task A_sweep_sends_its_cursor_to_Temporal_while_an_object_of_the_system_takes_long()
    {
        var mark = new OwnershipMark(ProvisioningFixture.Installation, Guid.CreateVersion7(), 1);
        toys.Marked.AddRange(Enumerable.Range(1, 101).Select(number => new MarkedObject($"toy-{number:000}", mark)));
        var resume = new TaskCompletionSource();
        toys.OnRead = name => name == "toy-101" ? resume.Task : Task.CompletedTask;

        var sweep = await fixture.StartSweepAsync();

        // A sweep of the schedule may have the system's only slot; the other one waits.
        await AssertMore.EventuallyAsync(async () =>
            Assert.Contains(("toy_object", "toy-100"), await ReadCursorsAsync()));
        resume.SetResult();
        Assert.Equal(101, (await sweep.GetResultAsync()).Orphans);
    }

    /// <summary>The cursors of the sweeps that read a system now.</summary>
    private async Task<List<(string? List, string? After)>> ReadCursorsAsync()
    {
        var cursors = new List<(string?, string?)>();
        await foreach (var run in fixture.Temporal.ListWorkflowsAsync("ExecutionStatus = 'Running'"))
        {
            var pending = (await fixture.Temporal.WorkflowService.DescribeWorkflowExecutionAsync(
                new() { Namespace = "arc-saas", Execution = new() { WorkflowId = run.Id } })).PendingActivities;
            foreach (var payload in pending.Where(activity => activity.ActivityType.Name == "SweepOrphans")
                .SelectMany(activity => activity.HeartbeatDetails?.Payloads_ ?? []))
            {
                var cursor = await ReadAsync(payload);
                cursors.Add((cursor.List, cursor.After));
            }
        }

        return cursors;
    }

    private async Task<SweepCursor> ReadAsync(Payload payload)
    {
        var converter = fixture.Temporal.Options.DataConverter;
        var decoded = converter.PayloadCodec is { } codec ? await codec.DecodeAsync([payload]) : [payload];
        return converter.PayloadConverter.ToValue<SweepCursor>(decoded.Single());
    }

    private async Task<TestTenant> GivenActiveAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        return tenant;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(
            arguments,
            new CommandContext(fixture.RegisteredSystems) { Output = output, Host = fixture.HostSettings });
        return (exitCode, output.ToString());
    }
}
