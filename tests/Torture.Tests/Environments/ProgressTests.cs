using System.Text.Json.Nodes;
using Torture.Environments;

namespace Torture.Tests.Environments;

public sealed class ProgressTests
{
    [Theory]
    [InlineData("PROVISIONING", "RUNNING", "RUNNING", false)]
    [InlineData("ROLLING_BACK", "ROLLING_BACK", "DONE", false)]
    [InlineData("PROVISION_FAILED", "ROLLED_BACK", "DONE", true)]
    [InlineData("ROLLBACK_INCOMPLETE", "ROLLBACK_INCOMPLETE", "DONE", true)]
    [InlineData("ACTIVE", "SUCCEEDED", "RUNNING", false)]
    [InlineData("ACTIVE", "SUCCEEDED", "WAITING", false)]
    [InlineData("ACTIVE", "SUCCEEDED", "DONE", true)]
    [InlineData("ACTIVE", "SUCCEEDED", "SKIPPED", true)]
    [InlineData("ACTIVE", "SUCCEEDED", "PARKED", true)]
    public void A_provisioning_has_ended_once_nothing_continues_without_an_operator(
        string status, string attempt, string step, bool hasEnded) =>
        Assert.Equal(hasEnded, Read(status, attempt, step).HasEnded);

    [Fact]
    public void A_failure_is_shown_with_step_code_message_and_the_state_of_each_undo() =>
        Assert.Equal(
            "ROLLING_BACK, attempt 2, failed at create-idp: refused: no; create-idp FAILED, undo RUNNING 503",
            new Progress(JsonNode.Parse("""
                {
                  "status": "ROLLING_BACK",
                  "attempt": {
                    "number": 2, "failedStep": "create-idp", "error": { "code": "refused", "message": "no" }
                  },
                  "steps": [
                    { "step": "update-status", "state": "DONE" },
                    { "step": "create-idp", "state": "FAILED", "undo": { "state": "RUNNING", "error": "503" } }
                  ]
                }
                """)!).ToString());

    private static Progress Read(string status, string attempt, string step) => new(JsonNode.Parse($$"""
        {
          "status": "{{status}}",
          "attempt": { "number": 1, "state": "{{attempt}}" },
          "steps": [{ "step": "send-notification", "state": "{{step}}" }]
        }
        """)!);
}
