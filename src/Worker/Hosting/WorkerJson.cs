using System.Text.Json;

namespace Worker.Hosting;

/// <summary>The JSON format of Temporal arguments in the worker: the web defaults, as in the functions.</summary>
public static class WorkerJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
