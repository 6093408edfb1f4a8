using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>A refusal in Novu's error format.</summary>
/// <param name="errors">Errors by field of an invalid body; Novu's own client requires them with 422.</param>
internal sealed class NovuException(
    int status, string message, string error, JsonObject? errors = null) : Exception(message)
{
    public int Status { get; } = status;

    public static NovuException Invalid(string field, string rule, JsonNode? found) => new(
        422,
        "Validation Error",
        "Unprocessable Entity",
        new JsonObject
        {
            [field] = new JsonObject { ["messages"] = new JsonArray(rule), ["value"] = found?.DeepClone() },
        });

    public static NovuException NotFound(string message) => new(404, message, "Not Found");

    public JsonObject Body(string path, DateTimeOffset now)
    {
        var body = new JsonObject
        {
            ["statusCode"] = Status,
            ["timestamp"] = Storage.Timestamp.Of(now),
            ["path"] = path,
            ["message"] = Message,
            ["error"] = error,
        };
        if (errors is not null || Status == 422)
            body["errors"] = errors ?? [];
        return body;
    }
}
