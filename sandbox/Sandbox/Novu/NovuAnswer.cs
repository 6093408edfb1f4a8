using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>Every success is wrapped: {"data": …}.</summary>
internal static class NovuAnswer
{
    public static IResult Data(JsonNode data, int status = 200) => Results.Json(
        new JsonObject { ["data"] = data }, statusCode: status);

    /// <summary>All in one page. Its keys next to data keep Novu's client from unwrapping it.</summary>
    public static IResult Page(IEnumerable<JsonObject> entries)
    {
        JsonNode[] data = [.. entries];
        return Results.Json(new JsonObject
        {
            ["data"] = new JsonArray(data),
            ["next"] = null,
            ["previous"] = null,
            ["totalCount"] = data.Length,
        });
    }
}
