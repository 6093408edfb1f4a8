using EmbeddedTemporal.Tests.Support;

namespace EmbeddedTemporal.Tests.Contract;

public sealed class StartContractTests : ContractTests
{
    [Fact]
    public async Task Timeouts_that_the_client_did_not_set_are_absent_not_zero()
    {
        var run = await Test.StartAsync("Any");

        var started = (await run.FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes;
        var config = (await run.DescribeRawAsync()).ExecutionConfig;
        Assert.Null(started.WorkflowExecutionTimeout);
        Assert.Null(started.WorkflowRunTimeout);
        Assert.Null(config.WorkflowExecutionTimeout);
        Assert.Null(config.WorkflowRunTimeout);
        Assert.Equal(TimeSpan.FromSeconds(10), config.DefaultWorkflowTaskTimeout.ToTimeSpan());
    }
}
