using System.Net;
using Testing;

namespace Sandbox.Tests.Novu;

public sealed class TriggerTests(SandboxFixture fixture) : IDisposable
{
    private readonly NovuClient novu = new(fixture.Sandbox.Novu!);
    private readonly string id = SandboxFixture.UniqueKey();

    public void Dispose() => novu.Dispose();

    [Fact]
    public async Task A_trigger_sends_the_workflows_mail_with_its_variables_replaced()
    {
        var workflow = await novu.WorkflowAsync(
            $"welcome-{id}",
            "Welcome, {{subscriber.firstName}}",
            "<p>{{ payload.tenantName }} at <a href=\"{{payload.loginUrl}}\">here</a>{{payload.absent}}" +
            "{{payload.plan | default: 'free'}}</p>");
        var answer = await novu.TriggerAsync(
            workflow,
            new { subscriberId = id, email = $"{id}@example.com", firstName = "Ann" },
            new { tenantName = "New Company", loginUrl = "https://app.example.com/#token" },
            $"welcome:{id}:1");
        Assert.Equal("processed", answer["status"]!.ToString());
        Assert.Equal($"welcome:{id}:1", answer["transactionId"]!.ToString());

        var mail = Assert.Single(await fixture.Control.GetMailsAsync(id));
        Assert.Equal(($"{id}@example.com", "Welcome, Ann"), (mail.Recipient, mail.Subject));
        Assert.Equal("<p>New Company at <a href=\"https://app.example.com/#token\">here</a>free</p>", mail.Body);
        Assert.Equal("New Company", mail.Payload["tenantName"]!.ToString());
        var (status, subscriber) = await novu.GetAsync($"/v2/subscribers/{id}");
        Assert.Equal((HttpStatusCode.OK, "Ann"), (status, subscriber["data"]!["firstName"]!.ToString()));
    }

    [Fact]
    public async Task Values_are_encoded_only_if_the_template_escapes_them()
    {
        var workflow = await novu.WorkflowAsync(
            $"welcome-{id}", body: "{{payload.x}} {{ payload.x | default: 'y' | escape }}");
        await novu.TriggerAsync(workflow, new { subscriberId = id, email = $"{id}@example.com" }, new { x = "<b>" });
        Assert.Equal("<b> &lt;b&gt;", (await fixture.Control.GetMailsAsync(id)).Single().Body);
    }

    [Theory]
    [InlineData("{}", "-B-")]
    [InlineData("{\"x\":\" \"}", "-B-")]
    [InlineData("{\"x\":\"1\"}", "-A1-")]
    [InlineData("{\"x\":\"1\",\"y\":\"2\"}", "-A12-")]
    public async Task A_condition_shows_one_of_its_parts(string payload, string expected)
    {
        var workflow = await novu.WorkflowAsync(
            $"welcome-{id}",
            body: "-{% if payload.x != blank %}A{{payload.x}}{% if payload.y != blank %}{{payload.y}}{% endif %}"
                + "{% else %}B{% endif %}-");
        await novu.TriggerAsync(
            workflow, new { subscriberId = id, email = $"{id}@example.com" },
            System.Text.Json.JsonDocument.Parse(payload).RootElement);
        Assert.Equal(expected, (await fixture.Control.GetMailsAsync(id)).Single().Body);
    }

    [Fact]
    public async Task A_repeated_transaction_is_answered_with_success_and_sends_nothing()
    {
        var workflow = await novu.WorkflowAsync($"welcome-{id}");
        var to = new { subscriberId = id, email = $"{id}@example.com" };
        await novu.TriggerAsync(workflow, to, transactionId: id);
        var again = await novu.TriggerAsync(workflow, to, transactionId: id);
        Assert.Equal(("processed", id), (again["status"]!.ToString(), again["transactionId"]!.ToString()));
        Assert.Single(await fixture.Control.GetMailsAsync(id));
    }

    [Fact]
    public async Task An_unknown_workflow_is_refused_in_novus_error_format()
    {
        var (status, body) = await novu.PostAsync("/v1/events/trigger", new { name = id, to = id });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            ["422", "workflow_not_found", "/v1/events/trigger", "Unprocessable Entity"],
            new[] { "statusCode", "message", "path", "error" }.Select(field => body[field]!.ToString()));
        Assert.NotNull(body["errors"]);
    }

    [Fact]
    public async Task An_inactive_workflow_is_answered_with_201_and_sends_nothing()
    {
        var workflow = await novu.WorkflowAsync($"off-{id}", active: false);
        var answer = await novu.TriggerAsync(workflow, new { subscriberId = id, email = $"{id}@example.com" });
        Assert.Equal("trigger_not_active", answer["status"]!.ToString());
        Assert.True(answer["acknowledged"]!.GetValue<bool>());
        Assert.Null(answer["transactionId"]);
        Assert.Empty(await fixture.Control.GetMailsAsync(id));
    }

    [Fact]
    public async Task A_workflow_without_steps_is_answered_with_201_and_sends_nothing()
    {
        await novu.PostAsync(
            "/v2/workflows", new { name = id, workflowId = id, active = true, steps = Array.Empty<object>() });
        var answer = await novu.TriggerAsync(id, id);
        Assert.Equal("no_workflow_steps_defined", answer["status"]!.ToString());
    }

    [Fact]
    public async Task A_recipient_without_an_id_is_answered_with_201_and_sends_nothing()
    {
        var workflow = await novu.WorkflowAsync($"welcome-{id}");
        var answer = await novu.TriggerAsync(workflow, new { email = $"{id}@example.com" });
        Assert.Equal("invalid_recipients", answer["status"]!.ToString());
        Assert.Empty(await fixture.Control.GetMailsToAsync($"{id}@example.com"));
    }

    [Fact]
    public async Task A_subscriber_without_an_address_gets_no_mail()
    {
        var workflow = await novu.WorkflowAsync($"welcome-{id}");
        await novu.TriggerAsync(workflow, id);
        Assert.Empty(await fixture.Control.GetMailsAsync(id));
    }

    [Fact]
    public async Task Each_of_several_recipients_gets_a_mail()
    {
        var workflow = await novu.WorkflowAsync($"welcome-{id}");
        object[] to = [.. Enumerable.Range(1, 3).Select(
            i => new { subscriberId = $"{id}-{i}", email = $"{id}-{i}@example.com" })];
        await novu.TriggerAsync(workflow, to);
        foreach (var i in Enumerable.Range(1, 3))
            Assert.Single(await fixture.Control.GetMailsAsync($"{id}-{i}"));
    }

    [Theory]
    [InlineData("""{"to":"x"}""", "name")]
    [InlineData("""{"name":"x"}""", "to")]
    [InlineData("""{"name":1,"to":"x"}""", "name")]
    [InlineData("""{"name":"x","to":"x","payload":"x"}""", "payload")]
    public async Task An_invalid_field_is_named(string body, string field)
    {
        using var answer = await novu.Http.PostAsync("/v1/events/trigger", new StringContent(body));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var json = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.NotNull(json["errors"]![field]!["messages"]![0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public async Task A_body_that_is_not_a_json_object_is_refused(string body)
    {
        using var answer = await novu.Http.PostAsync("/v1/events/trigger", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
