namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>A database file in a temporary folder, which is deleted on disposal.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("embedded-temporal-").FullName;

    public string Path => System.IO.Path.Combine(folder, "temporal.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
