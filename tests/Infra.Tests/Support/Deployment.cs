using System.Text.Json.Nodes;

namespace Infra.Tests.Support;

/// <summary>The resources that Azure would create for one parameter file.</summary>
/// <param name="Name">The name of the parameter file.</param>
/// <param name="Template">The compiled template, with its modules.</param>
/// <param name="Resources">
/// The resources as Bicep predicts them: parameters and conditions are evaluated, values that only Azure knows are
/// expressions in brackets.
/// </param>
public sealed record Deployment(string Name, JsonNode Template, JsonArray Resources)
{
    public IEnumerable<JsonNode> Of(string type) =>
        Resources.Where(resource => (string?)resource!["type"] == type).Select(resource => resource!);

    public JsonNode One(string type, string nameEnd = "") => Of(type).Single(resource =>
        resource.Text("name").EndsWith(nameEnd, StringComparison.Ordinal));

    /// <summary>Returns a copy in which the fault is planted.</summary>
    public Deployment With(Action<Deployment> fault)
    {
        var copy = new Deployment(Name, Template.DeepClone(), Resources.DeepClone().AsArray());
        fault(copy);
        return copy;
    }

    public override string ToString() => Name;
}

/// <summary>Reads and changes JSON by paths such as <c>properties.network.publicNetworkAccess</c>.</summary>
public static class JsonPaths
{
    public static JsonNode? At(this JsonNode node, string path) => path.Split('.').Aggregate(
        (JsonNode?)node,
        (at, name) => at is JsonArray list ? list.ElementAtOrDefault(int.Parse(name)) : at?[name]);

    /// <summary>Returns the value as text; an empty text if there is none.</summary>
    public static string Text(this JsonNode node, string path) => node.At(path)?.ToString() ?? "";

    public static void Set(this JsonNode node, string path, JsonNode? value)
    {
        int dot = path.LastIndexOf('.');
        var parent = dot < 0 ? node : node.At(path[..dot])!;
        parent[path[(dot + 1)..]] = value;
    }

    /// <summary>Returns one fault for each value that is not the expected one.</summary>
    public static IEnumerable<string> MustBe(this JsonNode resource, params (string Path, string Expected)[] values) =>
        from value in values
        where resource.Text(value.Path) != value.Expected
        select $"{resource.Label()}: {value.Path} is '{resource.Text(value.Path)}', not '{value.Expected}'";

    public static string Label(this JsonNode resource) => $"{resource["type"]} {resource["name"]}";
}
