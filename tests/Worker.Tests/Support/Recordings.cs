using System.Runtime.CompilerServices;
using System.Text.Json;
using ControlPlane.Temporal;
using Temporalio.Common;
using Temporalio.Converters;
using Worker.Hosting;

namespace Worker.Tests.Support;

/// <summary>Recorded histories: readable, without payload keys, of tenants that never existed.</summary>
public static class Recordings
{
    /// <summary>Set to 1 to write the histories of this run over the recorded ones.</summary>
    private const string Switch = "RECORD_HISTORIES";

    public static string Folder => Path.Combine(SourceFolder(), "..", "Saga", "Histories", "0.1");

    private static string Checkout => Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..")) + "/";

    public static DataConverter Converter => TemporalConnection.Converter(
        new TemporalOptions("localhost:7233", "arc-saas", "q", null, null), WorkerJson.Options);

    public static async Task WriteIfAskedAsync(string name, WorkflowHistory history)
    {
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            using var json = JsonDocument.Parse(history.ToJson());
            await File.WriteAllTextAsync(
                Path.Combine(Folder, name + ".json"),
                // Stack traces name files: from the checkout on, so that no machine's folders are recorded.
                JsonSerializer.Serialize(json).Replace(Checkout, "", StringComparison.Ordinal) + "\n");
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
