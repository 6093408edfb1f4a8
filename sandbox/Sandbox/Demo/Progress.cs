using System.Text.Json.Nodes;

namespace Sandbox.Demo;

/// <summary>GET /tenants/{id}/provisioning, as far as the demo shows it.</summary>
/// <param name="Failure">Which step failed, and why; null as long as none did.</param>
internal sealed record Progress(string Status, IReadOnlyList<StepView> Steps, string? Failure)
{
    /// <summary>Nothing more happens by itself.</summary>
    public bool IsOver => Status switch
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
        var from = step["startedAt"]?.GetValue<DateTimeOffset>();
        var until = step["endedAt"]?.GetValue<DateTimeOffset>();
        var undo = step["undo"]?["state"] is { } state ? $"undo {state}" : null;
        return new StepView(
            number,
            step["name"]!.GetValue<string>(),
            step["state"]!.GetValue<string>(),
            until - from,
            undo ?? step["error"]?["message"]?.GetValue<string>() ?? "");
    }
}
