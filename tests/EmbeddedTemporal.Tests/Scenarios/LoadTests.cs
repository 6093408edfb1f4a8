using EmbeddedTemporal.Tests.Support;
using Temporalio.Activities;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class LoadTests
{
    [Fact]
    public async Task Two_hundred_waiting_clients_on_one_connection_do_not_block_the_workers()
    {
        await using var test = await TestServer.StartAsync();
        var runs = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => test.StartAsync("SagaWorkflow", [new[] { "a" }])));
        var results = runs.Select(run => run.GetResultAsync<string>()).ToList();

        // The worker shares the connection with 200 long polls; Kestrel's default of 100 streams would block it.
        var options = new Temporalio.Worker.TemporalWorkerOptions(test.TaskQueue)
            .AddWorkflow<SagaWorkflow>()
            .AddActivity(ActivityDefinition.Create([Activity("Do")] (string _) => { }));
        await using var worker = new RunningWorker(new Temporalio.Worker.TemporalWorker(test.Client, options));

        Assert.All(await Task.WhenAll(results), result => Assert.Equal("done", result));
    }
}
