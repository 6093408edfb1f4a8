using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;

namespace Sandbox.Keycloak.Representations;

internal static class FieldOrder
{
    /// <summary>
    /// The fields in the order in which Keycloak writes that representation; those that are null are left out.
    /// </summary>
    public static JsonObject As(this JsonObject content, string representation)
    {
        var ordered = new JsonObject();
        foreach (var name in Template.Representations[representation].Keys)
        {
            if (content[name] is { } value)
                ordered[name] = value.DeepClone();
        }
        return ordered;
    }
}
