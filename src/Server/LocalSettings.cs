using System.Text.Json;
using ControlPlane.Settings;

namespace Server;

/// <summary>
/// Adds the <c>Values</c> of <c>local.settings.json</c> in Development, as the Functions host does by environment
/// variables. Variables that are already set take precedence.
/// </summary>
internal static class LocalSettings
{
    private const string FileName = "local.settings.json";

    public static void AddTo(ConfigurationManager configuration, IHostEnvironment environment)
    {
        if (!environment.IsDevelopment() || Find() is not { } path)
        {
            return;
        }

        var values = Read(path).Where(value => configuration[value.Key] is null).ToList();
        ((IConfigurationBuilder)configuration).AddInMemoryCollection(values);
    }

    // Next to the program, or in the working directory: the folder of the function app.
    private static string? Find() =>
        ((string[])[AppContext.BaseDirectory, Directory.GetCurrentDirectory()])
            .Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);

    private static List<KeyValuePair<string, string?>> Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions
            {
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
            });
            return json.RootElement.GetProperty("Values").EnumerateObject()
                .Select(value => KeyValuePair.Create(value.Name, (string?)value.Value.ToString())).ToList();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new SettingException(FileName, "malformed content",
                "{\"IsEncrypted\": false, \"Values\": {\"NAME\": \"value\"}}");
        }
    }
}
