using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Control;

/// <summary>JSON format of the control API.</summary>
public static class ControlJson
{
    /// <summary>
    /// Names in camelCase and enums as strings. An unknown field is an error: otherwise a misspelt one would give a
    /// fault that never matches.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
