using System.Text.Json;

namespace FunctionsHost.Tests.Fakes;

/// <summary>The folder of an app whose worker is a <see cref="FakeWorker"/>; deleted on disposal.</summary>
internal sealed class FakeApp : IDisposable
{
    public FakeApp(string hostJson = """{ "version": "2.0" }""")
    {
        Write("host.json", hostJson);
        Write("worker.config.json", """
            { "description": { "language": "dotnet-isolated", "defaultExecutablePath": "dotnet",
              "defaultWorkerPath": "App.dll", "workerIndexing": "true" } }
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("functions-host-").FullName;

    public void Write(string file, string content)
    {
        var path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary>A function of a custom handler: a folder with a function.json.</summary>
    public void WriteFunction(string name, string route, params string[] methods) =>
        Write($"{name}/function.json", JsonSerializer.Serialize(new
        {
            bindings = new object[]
            {
                new { type = "httpTrigger", direction = "in", name = "req", authLevel = "anonymous", route, methods },
                new { type = "http", direction = "out", name = "res" },
            },
        }));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
