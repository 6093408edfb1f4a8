using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;

namespace Sandbox.Keycloak.Representations;

internal static class FieldOrder
{
    /// <summary>
    /// Sorts the fields as Keycloak writes the representation, and omits null fields.
    /// </summary>
    public static JsonObject InFieldOrder(this JsonObject content, string representation)
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
