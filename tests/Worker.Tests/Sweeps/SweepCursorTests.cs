using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Testing;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Telemetry;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>A part of the sweep whose worker was killed goes on where it stopped.</summary>
public sealed class SweepCursorTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private const string Type = "numbered_object";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_try_reads_only_the_pages_after_the_cursor_and_keeps_counts_and_failures()
    {
        var cursors = new List<SweepCursor>();
        var first = new Numbered(250) { FailsAt = 50, KilledAt = 150 };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SweepAsync(first, null, cursors));
        Assert.Equal(("100", 100), (cursors[^1].After![^3..], cursors[^1].Counts["orphans"] + 1));

        var second = new Numbered(250);
        var failed = await Assert.ThrowsAsync<ApplicationFailureException>(
            () => SweepAsync(second, cursors[^1], cursors));

        Assert.Equal(Numbered.Name(101), second.Read.Min());
        Assert.Equal(150, second.Read.Count);
        Assert.Equal((249, cursors[0].StartedAt), (cursors[^1].Counts["orphans"], cursors[^1].StartedAt));
        Assert.Contains(Numbered.Name(50), failed.Message, StringComparison.Ordinal);
        Assert.True(failed.NonRetryable);
    }

    [Fact]
    public async Task At_most_eight_objects_are_read_at_once_and_their_order_is_kept()
    {
        var numbered = new Numbered(250);

        await SweepAsync(numbered, null, []);

        Assert.InRange(numbered.MostAtOnce, 2, ConcurrentReads.MaxAtOnce);
    }

    private Task<OrphanSweepResult> SweepAsync(
        ISystemInventory inventory, SweepCursor? cursor, List<SweepCursor> cursors)
    {
        var services = fixture.Services;
        var sweeper = new OrphanSweeper(
            [inventory], services.GetRequiredService<AttemptEvidence>(), services.GetRequiredService<OrphanRecords>(),
            services.GetRequiredService<SweepDeletions>(), services.GetRequiredService<SweepOptions>(),
            NullLogger<OrphanSweeper>.Instance);
        var activities = new OrphanActivities(
            [], [inventory], sweeper, services.GetRequiredService<WorkerMetrics>(), TimeProvider.System);
        var environment = new ActivityEnvironment
        {
            Info = ActivityEnvironment.DefaultInfo with
            {
                HeartbeatDetails = cursor is null
                    ? []
                    : [DataConverter.Default.PayloadConverter.ToPayload(cursor)],
            },
            Heartbeater = details => cursors.Add((SweepCursor)details.Single()!),
        };
        if (inventory is Numbered numbered)
        {
            numbered.Kill = () => environment.Cancel();
        }

        return environment.RunAsync(() => activities.ExecuteAsync(Type));
    }

    /// <summary>Objects with numbers as names, whose attempts the database does not know.</summary>
    private sealed class Numbered(int count) : ISystemInventory
    {
        private int atOnce;
        private int mostAtOnce;

        public int FailsAt { get; init; }

        public int KilledAt { get; init; }

        public Action? Kill { get; set; }

        public ConcurrentBag<string> Read { get; } = [];

        public int MostAtOnce => mostAtOnce;

        public string SystemId => "numbered";

        public string MarkedType => Type;

        public static string Name(int number) => $"object-{number:000}";

        public Task<IReadOnlyList<ControlPlane.Readings.Finding>> FindAsync(
            Worker.Saga.ProvisionedTenant tenant, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<MarkedPage> ListMarkedAsync(
            string after, ErrorCollector errors, CancellationToken cancellationToken) => MarkedPage.ReadAsync(
                Enumerable.Range(1, count).Select(Name).Reverse(), after, ReadAsync, errors, cancellationToken);

        public Task<bool> DeleteAsync(
            MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        private async Task<MarkedObject?> ReadAsync(string name)
        {
            Read.Add(name);
            int now = Interlocked.Increment(ref atOnce);
            int most;
            while ((most = mostAtOnce) < now && Interlocked.CompareExchange(ref mostAtOnce, now, most) != most)
            {
            }

            await Task.Yield();
            Interlocked.Decrement(ref atOnce);
            if (name == Name(KilledAt))
            {
                Kill!();
                throw new OperationCanceledException();
            }

            return name == Name(FailsAt)
                ? throw new HttpRequestException("refused")
                : new MarkedObject(name, new OwnershipMark(ProvisioningFixture.Installation, IdOf(name), 1));
        }

        private static Guid IdOf(string name) => Guid.Parse($"00000000-0000-0000-0000-000000000{name[^3..]}");
    }
}
