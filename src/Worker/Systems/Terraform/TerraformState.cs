using System.Security.Cryptography;
using System.Text.Json;
using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>An output of a module.</summary>
/// <param name="IsSensitive">A sensitive value stays in the state.</param>
public sealed record TerraformOutput(string Name, JsonElement Value, bool IsSensitive);

/// <summary>A stored state, as far as the worker reads it.</summary>
/// <param name="Resources">The addresses of the managed resources.</param>
/// <param name="Owner">The mark in it; null in the state of a run that stopped before it wrote one.</param>
/// <param name="Tier">The tier whose module made the resources; null without a mark.</param>
/// <param name="Outputs">The outputs of the module.</param>
public sealed record TerraformState(
    IReadOnlyList<string> Resources, OwnershipMark? Owner, string? Tier, IReadOnlyList<TerraformOutput> Outputs)
{
    /// <summary>The name of the generated resource that holds the mark.</summary>
    public const string OwnerResource = "arc_saas_owner";

    private const int Version = 4;

    /// <summary>A state without resources. Its version is old: a binary refuses that of a newer one.</summary>
    public static string Empty()
    {
        string lineage = RandomNumberGenerator.GetHexString(32, lowercase: true);
        return $$"""
            {"version":{{Version}},"terraform_version":"1.0.0","serial":0,"lineage":"{{lineage}}","outputs":{},
             "resources":[]}
            """;
    }

    /// <summary>Reads the text of a state.</summary>
    /// <exception cref="ControlPlaneException">It has another format.</exception>
    public static TerraformState Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != Version)
        {
            throw new ControlPlaneException(ErrorCode.NotConfigured,
                $"The Terraform state has the format {root.GetProperty("version")}; this worker reads {Version}.");
        }

        var managed = root.GetProperty("resources").EnumerateArray()
            .Where(resource => resource.GetProperty("mode").GetString() == "managed").ToList();
        var owner = managed.FirstOrDefault(IsOwner);
        var mark = owner.ValueKind == JsonValueKind.Object ? ReadInput(owner) : [];
        return new TerraformState(
            [.. managed.SelectMany(ReadAddresses)],
            OwnershipMark.FromTags(mark),
            mark.GetValueOrDefault("tier"),
            [
                .. root.GetProperty("outputs").EnumerateObject().Select(output => new TerraformOutput(
                    output.Name,
                    output.Value.GetProperty("value").Clone(),
                    output.Value.TryGetProperty("sensitive", out var sensitive) && sensitive.GetBoolean())),
            ]);
    }

    private static bool IsOwner(JsonElement resource) =>
        !resource.TryGetProperty("module", out _)
        && resource.GetProperty("type").GetString() == "terraform_data"
        && resource.GetProperty("name").GetString() == OwnerResource
        && resource.GetProperty("instances").GetArrayLength() > 0;

    private static Dictionary<string, string> ReadInput(JsonElement resource)
    {
        var attributes = resource.GetProperty("instances")[0].GetProperty("attributes");
        return attributes.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object
            && input.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Object
                ? value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.ToString())
                : [];
    }

    private static IEnumerable<string> ReadAddresses(JsonElement resource)
    {
        string module = resource.TryGetProperty("module", out var path) ? $"{path.GetString()}." : "";
        string type = resource.GetProperty("type").GetString()!, name = resource.GetProperty("name").GetString()!;
        string address = $"{module}{type}.{name}";
        return resource.GetProperty("instances").EnumerateArray().Select(instance =>
            instance.TryGetProperty("index_key", out var key) ? $"{address}[{key.GetRawText()}]" : address);
    }
}
