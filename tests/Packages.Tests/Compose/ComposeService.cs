using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Packages.Tests.Compose;

/// <summary>A service of compose.yaml.</summary>
internal sealed record ComposeService(string Name, Map Content)
{
    public IEnumerable<string> Keys => Content.Keys.Cast<string>();

    public string Image => Text("image");

    /// <summary>The Dockerfile that makes the image, from the root; null for an image of others.</summary>
    public string? Dockerfile =>
        Content.TryGetValue("build", out var build) ? (string)((Map)build)["dockerfile"] : null;

    public IReadOnlyDictionary<string, string> Environment => MapOf("environment")
        .ToDictionary(pair => (string)pair.Key, pair => pair.Value.ToString()!);

    /// <summary>Published ports as they are written: address, port of the machine, port of the container.</summary>
    public IEnumerable<string> Ports => ListOf("ports");

    /// <summary>Mounts as they are written: source, target and, if so, ro.</summary>
    public IEnumerable<string[]> Mounts => ListOf("volumes").Select(volume => volume.Split(':'));

    public IReadOnlyDictionary<string, string> DependsOn => MapOf("depends_on")
        .ToDictionary(pair => (string)pair.Key, pair => (string)((Map)pair.Value)["condition"]);

    public string Restart => Content.TryGetValue("restart", out var restart) ? (string)restart : "no";

    /// <summary>Whether it runs to its end, and the others wait for that.</summary>
    public bool EndsByItself => Restart == "no";

    public bool HasHealthCheck =>
        (MapOf("healthcheck").ContainsKey("test") && !EndsByItself)
        || (Dockerfile is { } file && Checkout.Read(file).Contains("\nHEALTHCHECK --", StringComparison.Ordinal));

    public string Text(string key) => Content[key].ToString()!;

    private Map MapOf(string key) => Content.TryGetValue(key, out var value) ? (Map)value : [];

    private IEnumerable<string> ListOf(string key) =>
        Content.TryGetValue(key, out var value) ? ((List<object>)value).Cast<string>() : [];
}
