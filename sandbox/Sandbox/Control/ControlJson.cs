using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandbox.Control;

/// <summary>How the control API writes and reads JSON.</summary>
public static class ControlJson
{
    /// <summary>
    /// Names in camelCase, enums as words, and a misspelt field is an error instead of a fault that never fires.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
