using System.Net;
using Testing;

namespace Sandbox.Tests.Novu;

public sealed class WorkflowTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string id = $"mail-{SandboxFixture.UniqueKey()}";

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task A_workflow_is_inactive_by_default()
    {
        var (status, body) = await novu.PostAsync(
            "/v2/workflows", new { name = id, workflowId = id, steps = Array.Empty<object>() });
        Assert.Equal((HttpStatusCode.Created, "INACTIVE"), (status, body["data"]!["status"]!.ToString()));
    }

    [Fact]
    public async Task The_answer_has_all_fields_that_novus_own_client_requires()
    {
        await novu.WorkflowAsync(id);
        var (_, body) = await novu.GetAsync($"/v2/workflows/{id}");
        Assert.All(
            "_id workflowId slug name createdAt updatedAt steps origin status severity preferences".Split(' '),
            field => Assert.NotNull(body["data"]![field]));
        Assert.All(
            "_id stepId name slug type origin controls variables workflowId workflowDatabaseId".Split(' '),
            field => Assert.NotNull(body["data"]!["steps"]![0]![field]));
    }

    [Fact]
    public async Task A_workflow_can_be_replaced_deactivated_and_deleted()
    {
        await novu.WorkflowAsync(id);
        var (missing, _) = await novu.GetAsync($"/v2/workflows/{id}-other");
        var (put, replaced) = await novu.SendAsync(
            HttpMethod.Put,
            $"/v2/workflows/{id}",
            new { name = "Other", active = true, steps = Array.Empty<object>() });
        var (patch, off) = await novu.SendAsync(HttpMethod.Patch, $"/v2/workflows/{id}", new { active = false });
        var (delete, _) = await novu.SendAsync(HttpMethod.Delete, $"/v2/workflows/{id}");
        var (gone, _) = await novu.GetAsync($"/v2/workflows/{id}");
        int[] statuses = [(int)missing, (int)put, (int)patch, (int)delete, (int)gone];
        Assert.Equal([404, 200, 200, 204, 404], statuses);
        Assert.Equal(
            ("Other", "INACTIVE"), (replaced["data"]!["name"]!.ToString(), off["data"]!["status"]!.ToString()));
    }

    [Fact]
    public async Task An_identifier_in_use_is_changed_instead_of_refused()
    {
        Assert.Equal(id, await novu.WorkflowAsync(id));
        Assert.StartsWith($"{id}-", await novu.WorkflowAsync(id), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ payload.x | upcase }}")]
    [InlineData("{% if payload.x %}x{% endif %}")]
    [InlineData("{% if payload.x != blank %}x")]
    [InlineData("x{% endif %}")]
    [InlineData("{% else %}")]
    [InlineData("{% for x in payload.y %}x{% endfor %}")]
    public async Task An_unsupported_template_is_refused(string body)
    {
        var (status, answer) = await novu.PostAsync("/v2/workflows", new
        {
            name = id,
            steps = new[] { new { type = "email", name = "Email", controlValues = new { subject = "x", body } } },
        });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.NotNull(answer["errors"]!["steps.controlValues.body"]);
    }

    [Fact]
    public async Task The_identifier_is_derived_from_the_name_by_default()
    {
        var (_, body) = await novu.PostAsync(
            "/v2/workflows", new { name = $"Mail for {id}!", steps = Array.Empty<object>() });
        Assert.Equal($"mail-for-{id}", body["data"]!["workflowId"]!.ToString());
    }
}
