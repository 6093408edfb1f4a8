using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>The part of GET /tenants/{id}/provisioning that the demo shows.</summary>
/// <param name="Failure">The failed step and its error; null if no step has failed.</param>
internal sealed record Progress(string Status, IReadOnlyList<StepView> Steps, string? Failure)
{
    /// <summary>Whether the status no longer changes without a request.</summary>
    public bool IsFinished => Status switch
    {
        "ACTIVE" => Steps.All(step => step.State is "DONE" or "SKIPPED" or "PARKED"),
        "PROVISION_FAILED" or "ROLLBACK_INCOMPLETE" => true,
        _ => false,
    };

    public static Progress From(JsonNode answer)
    {
        var steps = answer["steps"]!.AsArray().Select((step, index) => Step(index + 1, step!)).ToList();
        var attempt = answer["attempt"];
        var failure = attempt?["failedStep"] is { } failed ? $"{failed}: {attempt["error"]?["message"]}" : null;
        return new Progress(answer["status"]!.GetValue<string>(), steps, failure);
    }

    private static StepView Step(int number, JsonNode step)
    {
        var startedAt = step["startedAt"]?.GetValue<DateTimeOffset>();
        var endedAt = step["endedAt"]?.GetValue<DateTimeOffset>();
        var undo = step["undo"]?["state"] is { } state ? $"undo {state}" : null;
        return new StepView(
            number,
            step["name"]!.GetValue<string>(),
            step["state"]!.GetValue<string>(),
            endedAt - startedAt,
            undo ?? step["error"]?["message"]?.GetValue<string>() ?? "");
    }
}
