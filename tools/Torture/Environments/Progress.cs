using System.Text.Json.Nodes;

namespace Torture.Environments;

/// <summary>A tenant's provisioning as the control plane's API reports it.</summary>
internal sealed record Progress(JsonNode Json)
{
    public string Status => Text(Json["status"])!;

    public int Attempt => Json["attempt"]?["number"]?.GetValue<int>() ?? 0;

    public string? RunId => Text(Json["attempt"]?["runId"]);

    public string? FailedStep => Text(Json["attempt"]?["failedStep"]);

    public string? ErrorCode => Text(Json["attempt"]?["error"]?["code"]);

    public string? Error => Text(Json["attempt"]?["error"]?["message"]);

    public bool IsActive => Status == "ACTIVE";

    public bool IsRollingBack => Status == "ROLLING_BACK";

    /// <summary>Whether nothing continues without an operator.</summary>
    public bool HasEnded =>
        (Status is "PROVISION_FAILED" or "ROLLBACK_INCOMPLETE"
            && Text(Json["attempt"]?["state"]) is "ROLLED_BACK" or "ROLLBACK_INCOMPLETE")
        || (Status == "ACTIVE" && Json["steps"]!.AsArray().All(s => State(s) is "DONE" or "SKIPPED" or "PARKED"));

    public string StateOf(string step) => State(Step(step));

    /// <summary>The state of the step's undo; null if it has not started.</summary>
    public string? UndoStateOf(string step) => Text(Step(step)?["undo"]?["state"]);

    public override string ToString() =>
        $"{Status}, attempt {Attempt}"
        + (FailedStep is { } failed ? $", failed at {failed}: {ErrorCode}: {Error}" : "")
        + string.Concat(Json["steps"]!.AsArray()
            .Where(step => State(step) is "RUNNING" or "WAITING" or "PARKED" || step?["undo"] is not null)
            .Select(step => $"; {Text(step!["step"])} {State(step)}"
                + (Text(step["undo"]?["state"]) is { } undo ? $", undo {undo} {Text(step["undo"]!["error"])}" : "")));

    private JsonNode? Step(string id) =>
        Json["steps"]!.AsArray().SingleOrDefault(step => Text(step?["step"]) == id);

    private static string State(JsonNode? step) => Text(step?["state"]) ?? "";

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
