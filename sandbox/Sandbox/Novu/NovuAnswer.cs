using System.Text.Json.Nodes;

namespace Sandbox.Novu;

/// <summary>Answers of Novu's API; every success is wrapped: {"data": …}.</summary>
internal static class NovuAnswer
{
    public static IResult Data(JsonNode data, int status = 200) => Results.Json(
        new JsonObject { ["data"] = data }, statusCode: status);

    /// <summary>
    /// Returns all entries as one page. Novu's client does not unwrap it, because of the other keys next to data.
    /// </summary>
    public static IResult Page(IEnumerable<JsonObject> entries)
    {
        JsonNode[] data = [.. entries];
        return Results.Json(new JsonObject
        {
            ["data"] = new JsonArray(data),
            ["next"] = null,
            ["previous"] = null,
            ["totalCount"] = data.Length,
            ["totalCountCapped"] = false,
        });
    }
}
