using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>POST /v1/events/trigger: the API's answer, and the processing by Novu's worker.</summary>
internal sealed class TriggerHandler(NovuStore store)
{
    private const int MaxRecipients = 100;

    public JsonObject Handle(NovuBody body)
    {
        var name = body.RequiredText("name");
        if (body["to"] is null)
            throw NovuException.Invalid("to", "to should not be empty", null);
        var payload = body.Object("payload") ?? [];
        return store.Transaction(() =>
        {
            var workflow = store.Workflow(name) ?? throw new NovuException(
                422, "workflow_not_found", "Unprocessable Entity");
            var recipients = Recipients(body["to"]!);
            // These refusals are also answered with 201: a caller that checks the status code only assumes that a mail
            // is sent.
            var refusal = workflow switch
            {
                { Active: false } => "trigger_not_active",
                { Steps: [] } => "no_workflow_steps_defined",
                _ when recipients is null => "invalid_recipients",
                _ => null,
            };
            return refusal is null
                ? Process(workflow, recipients!, payload, body.Text("transactionId"))
                : Refuse(workflow, recipients, refusal);
        });
    }

    private JsonObject Refuse(Workflow workflow, List<NovuBody>? to, string status)
    {
        store.Add(new Trigger(
            store.Time.GetUtcNow(), workflow.WorkflowId, null, SubscriberIds(to), status, "nothing is sent"));
        return new JsonObject { ["acknowledged"] = true, ["status"] = status };
    }

    private JsonObject Process(Workflow workflow, List<NovuBody> to, JsonObject payload, string? given)
    {
        var now = store.Time.GetUtcNow();
        var transactionId = given ?? $"txn_{NovuId.New(now)}";
        // The API does not check whether the transaction is known; the worker does, and silently drops the event.
        var outcome = store.TryAddTransaction(transactionId)
            ? string.Join("; ", to.Select(recipient => Deliver(workflow, recipient, payload, transactionId)))
            : "dropped: this transactionId was used before";
        store.Add(new Trigger(now, workflow.WorkflowId, transactionId, SubscriberIds(to), "processed", outcome));
        return new JsonObject { ["acknowledged"] = true, ["status"] = "processed", ["transactionId"] = transactionId };
    }

    private string Deliver(Workflow workflow, NovuBody recipient, JsonObject payload, string transactionId)
    {
        var now = store.Time.GetUtcNow();
        var id = recipient.RequiredText("subscriberId");
        var subscriber = SubscriberFields.Merge(
            store.Subscriber(id) ?? new Subscriber(NovuId.New(now), id, now, now), recipient, now);
        store.Put(subscriber);
        if (subscriber.Email is not { Length: > 0 } address)
            return $"{id}: not sent, the subscriber has no e-mail address";
        var variables = new JsonObject
        {
            ["payload"] = payload.DeepClone(),
            ["subscriber"] = JsonSerializer.SerializeToNode(subscriber, JsonSerializerOptions.Web),
        };
        var emails = workflow.Steps.Where(step => step.Type == "email").ToList();
        foreach (var step in emails)
            store.Add(new Mail(
                store.NextMailNumber(),
                now,
                workflow.WorkflowId,
                transactionId,
                id,
                address,
                Template.Render(step.ControlValues["subject"]?.ToString() ?? "", variables),
                Template.Render(step.ControlValues["body"]?.ToString() ?? "", variables),
                payload.DeepClone().AsObject()));
        return $"{id}: {emails.Count} mail(s) sent";
    }

    // The recipients are a string, an object, or an array of either. Returns null if one of them has no valid id.
    private static List<NovuBody>? Recipients(JsonNode to)
    {
        var recipients = (to is JsonArray list ? list.ToList() : [to]).ConvertAll(recipient => recipient switch
        {
            JsonValue value when value.TryGetValue<string>(out var id) => new NovuBody(
                new JsonObject { ["subscriberId"] = id }),
            JsonObject subscriber => new NovuBody(subscriber),
            _ => throw NovuException.Invalid("to", "to must be a string, an object or an array of them", recipient),
        });
        if (recipients.Count > MaxRecipients)
            throw NovuException.Invalid(
                "to", $"to must contain no more than {MaxRecipients} elements", recipients.Count);
        return recipients.Count > 0 && recipients.TrueForAll(
            recipient => SubscriberFields.IsId(recipient.Text("subscriberId")))
            ? recipients
            : null;
    }

    private static List<string> SubscriberIds(List<NovuBody>? to) =>
        to?.ConvertAll(recipient => recipient.Text("subscriberId") ?? "") ?? [];
}
