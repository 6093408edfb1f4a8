using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(Infra.Tests.Support.Compiled))]

namespace Infra.Tests.Support;

/// <summary>
/// The compiled template and the deployments of the parameter files: the two that are shipped, and one of the tests
/// with the native head and a Temporal cluster of one's own. All are made once, in a copy of the sources.
/// </summary>
public sealed class Compiled : IAsyncLifetime
{
    private const string ServerName = "server";
    private readonly string folder = Directory.CreateTempSubdirectory("infra-tests-").FullName;
    private Dictionary<string, Deployment> deployments = [];

    public static IReadOnlyList<string> Names { get; } = ["small", "production", ServerName];

    public Deployment this[string name] => deployments[name];

    public async ValueTask InitializeAsync()
    {
        string bicep = Path.Combine(folder, "infra", "bicep");
        Copy(Path.Combine(Repository.Root, "infra", "bicep"), bicep);
        string document = Path.Combine(folder, "src", "Api", "openapi.json");
        Directory.CreateDirectory(Path.GetDirectoryName(document)!);
        File.Copy(Path.Combine(Repository.Root, "src", "Api", "openapi.json"), document);
        File.Copy(
            Path.Combine(Repository.Root, "tests", "Infra.Tests", $"{ServerName}.bicepparam"),
            Path.Combine(bicep, $"{ServerName}.bicepparam"));

        var template = BuildAsync(Path.Combine(bicep, "main.bicep"));
        var resources = Names.Select(name => PredictAsync(bicep, name)).ToList();
        await Task.WhenAll(resources);
        var built = await template;
        deployments = Names.Zip(resources, (name, predicted) => new Deployment(name, built, predicted.Result))
            .ToDictionary(deployment => deployment.Name);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<JsonNode> BuildAsync(string file) =>
        JsonNode.Parse(await Bicep.RunAsync("build", file, "--stdout"))!;

    private static async Task<JsonArray> PredictAsync(string bicep, string name)
    {
        await Bicep.RunAsync(
            "snapshot", Path.Combine(bicep, $"{name}.bicepparam"), "--mode", "overwrite", "--location", "westeurope",
            "--resource-group", "control-plane", "--tenant-id", "00000000-0000-4000-8000-00000000000a",
            "--subscription-id", "00000000-0000-4000-8000-00000000000b");
        string snapshot = await File.ReadAllTextAsync(Path.Combine(bicep, $"{name}.snapshot.json"));
        return JsonNode.Parse(snapshot)!["predictedResources"]!.AsArray();
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
