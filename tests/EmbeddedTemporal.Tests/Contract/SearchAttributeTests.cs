using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Contract;

public sealed class SearchAttributeTests : ContractTests
{
    private readonly string tier = "Tier" + Ids.New();
    private readonly string seats = "Seats" + Ids.New();

    private WorkflowService Service => Test.Client.WorkflowService;

    private OperatorService Operator => Test.Client.OperatorService;

    [Fact]
    public async Task A_search_attribute_that_is_not_registered_is_refused()
    {
        var unknown = new SearchAttributes { IndexedFields = { ["Nope"] = Contents.Json("\"gold\"") } };
        const string message = "Namespace default has no mapping defined for search attribute Nope";
        var schedule = ScheduleContractTests.Daily(Ids.New(), Test.TaskQueue);
        schedule.SearchAttributes = unknown;
        var action = ScheduleContractTests.Daily(Ids.New(), Test.TaskQueue);
        action.Schedule.Action.StartWorkflow.SearchAttributes = unknown;

        await AssertRefusedAsync(message, () => StartAsync(unknown));
        await AssertRefusedAsync(message, () => Service.CreateScheduleAsync(schedule));
        await AssertRefusedAsync(message, () => Service.CreateScheduleAsync(action));
    }

    [Fact]
    public async Task An_upsert_of_a_search_attribute_that_is_not_registered_fails_the_task()
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.PollAsync();

        await AssertRefusedAsync(
            "BadSearchAttributes: Namespace default has no mapping defined for search attribute Nope",
            () => Worker.CompleteAsync(task, Upsert("Nope", "\"gold\"")));

        var failed = await run.WaitForEventAsync(EventType.WorkflowTaskFailed);
        Assert.Equal(
            WorkflowTaskFailedCause.BadSearchAttributes, failed.WorkflowTaskFailedEventAttributes.Cause);
    }

    [Fact]
    public async Task A_registered_search_attribute_is_listed_set_and_found()
    {
        await RegisterAsync();
        // A real server gives the column of a removed attribute, with its values, to the next one.
        var gold = "gold-" + Ids.New();
        var id = await StartAsync(new()
        {
            IndexedFields = { [tier] = Contents.Json($"\"{gold}\""), [seats] = Contents.Json("5") },
        });

        var registered = (await Operator.ListSearchAttributesAsync(new() { Namespace = "default" })).CustomAttributes;
        var described = (await DescribeAsync(id)).IndexedFields;
        var found = await ListAsync($"{tier} = '{gold}' AND {seats} >= 5", runs => runs > 0);
        var others = await ListAsync($"{tier} = '{gold}' AND {seats} > 5", _ => true);

        Assert.Equal((IndexedValueType.Keyword, IndexedValueType.Int), (registered[tier], registered[seats]));
        Assert.Equal(($"\"{gold}\"", "Keyword"), Value(described, tier));
        Assert.Equal(("5", "Int"), Value(described, seats));
        Assert.Equal((1, 0), (found, others));
    }

    [Fact]
    public async Task A_workflow_changes_and_removes_its_search_attributes()
    {
        await RegisterAsync();
        var run = await Test.StartAsync("Any");

        await Worker.CompleteAsync(
            await Worker.PollAsync(), Upsert(tier, "\"gold\""), Upsert(seats, "5"), Upsert(seats, Contents.Null));

        var described = (await DescribeAsync(run.Id)).IndexedFields;
        Assert.Equal(("\"gold\"", "Keyword"), Value(described, tier));
        Assert.False(described.ContainsKey(seats));
    }

    [Fact]
    public async Task A_value_of_another_type_and_a_system_attribute_are_refused()
    {
        await RegisterAsync();

        await AssertRefusedAsync(
            $"invalid value for search attribute {seats} of type Int: many",
            () => StartAsync(new() { IndexedFields = { [seats] = Contents.Json("\"many\"") } }));
        await AssertRefusedAsync(
            "WorkflowId attribute can't be set in SearchAttributes",
            () => StartAsync(new() { IndexedFields = { ["WorkflowId"] = Contents.Json("\"a\"") } }));
    }

    [Fact]
    public async Task A_registration_without_a_usable_name_or_type_is_refused()
    {
        await AssertRefusedAsync(
            "Search attribute WorkflowId is reserved by system.", () => AddAsync("WorkflowId", IndexedValueType.Int));
        await AssertRefusedAsync(
            "Unable to create search attributes: cannot have more than 0 search attribute of type Unspecified.",
            () => AddAsync(tier, IndexedValueType.Unspecified));
        await AssertRefusedAsync(
            "SearchAttributes are not set on request.",
            () => Operator.AddSearchAttributesAsync(new() { Namespace = "default" }));
        await AssertRefusedAsync(
            "Namespace is not set on request.", () => Operator.ListSearchAttributesAsync(new()));
        await AssertRefusedAsync(
            "Unable to remove non-custom search attributes: WorkflowId.", () => RemoveAsync("WorkflowId"));
    }

    [Fact]
    public async Task A_removed_search_attribute_is_unknown_again()
    {
        await RegisterAsync();
        await RemoveAsync(tier);

        await AssertRefusedAsync(
            $"Namespace default has no mapping defined for search attribute {tier}",
            () => StartAsync(new() { IndexedFields = { [tier] = Contents.Json("\"gold\"") } }));
    }

    /// <summary>A real server has room for a few attributes of a type.</summary>
    public override async ValueTask DisposeAsync()
    {
        await RemoveAsync(tier);
        await RemoveAsync(seats);
        await base.DisposeAsync();
    }

    private async Task RegisterAsync()
    {
        await AddAsync(tier, IndexedValueType.Keyword);
        await AddAsync(seats, IndexedValueType.Int);
    }

    private Task<AddSearchAttributesResponse> AddAsync(string name, IndexedValueType type) =>
        Operator.AddSearchAttributesAsync(new() { Namespace = "default", SearchAttributes = { [name] = type } });

    private Task<RemoveSearchAttributesResponse> RemoveAsync(string name) =>
        Operator.RemoveSearchAttributesAsync(new() { Namespace = "default", SearchAttributes = { name } });

    private async Task<string> StartAsync(SearchAttributes attributes)
    {
        var id = Ids.New();
        await Service.StartWorkflowExecutionAsync(new()
        {
            Namespace = "default",
            WorkflowId = id,
            RequestId = Ids.New(),
            WorkflowType = new() { Name = "Any" },
            TaskQueue = new() { Name = Test.TaskQueue },
            SearchAttributes = attributes,
        });
        return id;
    }

    private static Command Upsert(string name, string json) => Upsert(name, Contents.Json(json));

    private static Command Upsert(string name, Payload value) => new()
    {
        CommandType = CommandType.UpsertWorkflowSearchAttributes,
        UpsertWorkflowSearchAttributesCommandAttributes = new()
        {
            SearchAttributes = new() { IndexedFields = { [name] = value } },
        },
    };

    private async Task<SearchAttributes> DescribeAsync(string id) =>
        (await Service.DescribeWorkflowExecutionAsync(
            new() { Namespace = "default", Execution = new() { WorkflowId = id } }))
        .WorkflowExecutionInfo.SearchAttributes;

    private async Task<int> ListAsync(string query, Func<int, bool> condition)
    {
        var request = new ListWorkflowExecutionsRequest { Namespace = "default", Query = query };
        var response = await Polling.UntilAsync(
            () => Service.ListWorkflowExecutionsAsync(request), runs => condition(runs.Executions.Count));
        return response.Executions.Count;
    }

    private static (string Json, string Type) Value(MapField<string, Payload> fields, string name) =>
        (fields[name].Data.ToStringUtf8(), fields[name].Metadata["type"].ToStringUtf8());

    private static async Task AssertRefusedAsync(string message, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((RpcException.StatusCode.InvalidArgument, message), (error.Code, error.Message));
    }
}
