using ControlPlane.Readings;
using Npgsql;
using Temporalio.Worker;

namespace Api.Tests.Tenants;

/// <summary>
/// An application with a separate task queue, and a worker on that queue that reads one system: it finds nothing, or
/// one object of the tenant's first attempt.
/// </summary>
public sealed class FakeReadings : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private Task execution = Task.CompletedTask;

    private FakeReadings(ApiApplication app) => App = app;

    public ApiApplication App { get; }

    public static async Task<FakeReadings> StartAsync(ApiFixture fixture, bool findsObject)
    {
        string queue = TestData.NewKey();
        var readings = new FakeReadings(fixture.StartApplication(("TEMPORAL_TASK_QUEUE", queue)));
        var options = new TemporalWorkerOptions(queue)
            .AddWorkflow<FakeReadResidueWorkflow>()
            .AddAllActivities(new FakeReadingActivities(fixture.Postgres.Owner, findsObject));
        var host = new TemporalWorker(await fixture.ConnectTemporalAsync(), options);
        readings.execution = host.ExecuteAsync(readings.stopping.Token);
        return readings;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
        await App.DisposeAsync();
        stopping.Dispose();
    }
}

public sealed class FakeReadingActivities(NpgsqlDataSource database, bool findsObject)
{
    [Temporalio.Activities.Activity]
    public async Task ReadAsync(ReadResidueInput input)
    {
        var readings = new SystemReadings(database, TimeProvider.System);
        await readings.BeginAsync(
            input.TenantId, [new SystemReading("s3", SystemReading.Unreadable, "not yet", null, [])], default);
        await readings.SaveAsync(
            input.TenantId, "s3", SystemReading.Read, null,
            findsObject ? [new Finding("storage_bucket", "tenant-x-files", 1, "3 object versions")] : [], default);
    }
}
