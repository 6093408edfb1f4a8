using System.Text.Json;

namespace FunctionsHost.Configuration;

/// <summary>The file local.settings.json, as Core Tools read it.</summary>
internal sealed record LocalSettings(IReadOnlyDictionary<string, string> Values, int? HttpPort)
{
    public const string FileName = "local.settings.json";

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly LocalSettings Empty = new(new Dictionary<string, string>(), HttpPort: null);

    /// <summary>
    /// The first folder, from this one upwards, with a host.json or a local.settings.json; null if there is none.
    /// </summary>
    public static string? FindRoot(string folder)
    {
        var at = new DirectoryInfo(Path.GetFullPath(folder));
        while (at is not null && !Holds(at, "host.json") && !Holds(at, FileName))
            at = at.Parent;
        return at?.FullName;
    }

    /// <summary>Reads the file of the root above a folder; without a file there are no settings.</summary>
    public static LocalSettings LoadAbove(string folder) =>
        FindRoot(folder) is { } root && Path.Combine(root, FileName) is var file && File.Exists(file)
            ? Parse(File.ReadAllText(file), file)
            : Empty;

    internal static LocalSettings Parse(string json, string file = FileName)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            var root = document.RootElement;
            // Core Tools take a file without IsEncrypted for an encrypted one.
            if (!root.TryGetProperty("IsEncrypted", out var encrypted) || encrypted.GetBoolean())
                throw new FunctionsHostException($"{file} needs \"IsEncrypted\": false; values are not decrypted.");
            return new LocalSettings(ValuesOf(root), PortOf(root));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new FunctionsHostException($"{file} is not valid: {e.Message}", e);
        }
    }

    private static Dictionary<string, string> ValuesOf(JsonElement root) =>
        root.TryGetProperty(nameof(Values), out var values)
            ? values.EnumerateObject().Where(value => value.Value.ValueKind != JsonValueKind.Null)
                .ToDictionary(value => value.Name, value => value.Value.ToString())
            : [];

    private static int? PortOf(JsonElement root) =>
        root.TryGetProperty("Host", out var host) && host.TryGetProperty("LocalHttpPort", out var port)
            ? port.GetInt32()
            : null;

    private static bool Holds(DirectoryInfo folder, string file) => File.Exists(Path.Combine(folder.FullName, file));
}
