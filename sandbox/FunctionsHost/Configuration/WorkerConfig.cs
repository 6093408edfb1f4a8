using System.Text.Json;

namespace FunctionsHost.Configuration;

/// <summary>The file worker.config.json, which the Worker SDK writes into the app's folder.</summary>
internal sealed record WorkerConfig(string Language, string Executable, string? WorkerPath)
{
    private const string FileName = "worker.config.json";

    // The Worker SDK writes it in front of a program that lies in the package, without a separator.
    private const string WorkerRoot = "{WorkerRoot}";

    public static WorkerConfig Load(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            throw new FunctionsHostException(
                $"There is no {FileName} in {folder}. Name the folder of a built isolated app (dotnet build).");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var description = json.RootElement.GetProperty("description");
            return new WorkerConfig(
                description.GetProperty("language").GetString()!,
                description.GetProperty("defaultExecutablePath").GetString()!.Replace(
                    WorkerRoot, Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal),
                description.TryGetProperty("defaultWorkerPath", out var path) ? path.GetString() : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FunctionsHostException($"{file} is not valid: {e.Message}", e);
        }
    }
}
