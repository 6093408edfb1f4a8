using System.Runtime.CompilerServices;
using System.Text.Json;
using ControlPlane.Temporal;
using Temporalio.Common;
using Temporalio.Converters;
using Worker.Hosting;

namespace Worker.Tests.Support;

/// <summary>
/// Recorded histories in Saga/Histories, one folder for each version; without payload keys, of invented tenants. Only
/// the folder of <see cref="UnreleasedVersion"/> may change. Released folders never change: workflows of these shapes
/// may still run. RecordingTests write into the unreleased folder when RECORD_HISTORIES is 1:
/// <code>RECORD_HISTORIES=1 ./dev test RecordingTests</code>
/// </summary>
/// <remarks>
/// The commit that releases a version also releases its folder: record all histories, set
/// <see cref="UnreleasedVersion"/> to the next version, and write the sums in Saga/Histories with
/// <code>LC_ALL=C sha256sum */*.json > SHA256SUMS</code>
/// </remarks>
public static class Recordings
{
    public const string UnreleasedVersion = "0.2";

    private const string Switch = "RECORD_HISTORIES";

    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "Saga", "Histories"));

    public static DataConverter Converter => TemporalConnection.Converter(
        new TemporalOptions("localhost:7233", "arc-saas", "q", null, null), WorkerJson.Options);

    private static string Checkout => Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..")) + "/";

    /// <summary>All histories, as "0.1/active.json", in ordinal order.</summary>
    public static IReadOnlyList<string> All() =>
    [
        .. Directory.EnumerateFiles(Root, "*.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Order(StringComparer.Ordinal),
    ];

    public static string Read(string history) => File.ReadAllText(Path.Combine(Root, history));

    public static async Task WriteIfAskedAsync(string name, WorkflowHistory history)
    {
        if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            using var json = JsonDocument.Parse(history.ToJson());
            string folder = Directory.CreateDirectory(Path.Combine(Root, UnreleasedVersion)).FullName;
            await File.WriteAllTextAsync(
                Path.Combine(folder, name + ".json"),
                // Stack traces contain file paths, which are cut to the path within the checkout.
                JsonSerializer.Serialize(json).Replace(Checkout, "", StringComparison.Ordinal) + "\n");
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
