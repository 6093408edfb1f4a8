using System.Text.Json.Nodes;
using Testing;

namespace Sandbox.Tests.Novu;

/// <summary>The lists have the fields without which Novu's own client refuses them.</summary>
public sealed class ListTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string id = $"list-{SandboxFixture.UniqueKey()}";

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task The_list_of_subscribers_tells_whether_its_count_is_capped()
    {
        await novu.PostAsync("/v2/subscribers", new { subscriberId = id });

        var (_, list) = await novu.GetAsync("/v2/subscribers");

        Assert.True(list["totalCount"]!.GetValue<int>() > 0);
        Assert.False(Assert.IsAssignableFrom<JsonValue>(list["totalCountCapped"]).GetValue<bool>());
    }

    [Fact]
    public async Task The_list_of_workflows_names_the_types_of_their_steps()
    {
        await novu.WorkflowAsync(id);

        var (_, list) = await novu.GetAsync("/v2/workflows");

        var workflow = list["data"]!["workflows"]!.AsArray().Single(each => each!["workflowId"]!.ToString() == id)!;
        Assert.Equal("email", Assert.Single(workflow["stepTypeOverviews"]!.AsArray())!.ToString());
    }

    [Theory]
    [InlineData("/v2/subscribers?email=a%40b.com")]
    [InlineData("/v2/subscribers?limit=10")]
    [InlineData("/v2/workflows?query=welcome")]
    [InlineData("/v2/workflows?limit=10&offset=10")]
    public async Task A_filter_or_page_that_is_not_played_is_refused(string path)
    {
        var (status, _) = await novu.GetAsync(path);

        Assert.Equal(501, (int)status);
    }
}
