using System.Globalization;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>A server process on a database file. A test can kill and restart it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("embedded-temporal-").FullName;
    private ChildProcess? process;

    public string Address { get; private set; } = "127.0.0.1:0";

    public static async Task<ServerProcess> StartAsync()
    {
        var server = new ServerProcess();
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the server on the same file and, after the first start, on the same port.</summary>
    public async Task RestartAsync()
    {
        var port = Address[(Address.IndexOf(':', StringComparison.Ordinal) + 1)..];
        process = await ChildProcess.StartAsync("serve", port, Path.Combine(folder, "temporal.db"));
        Address = process.ReadyMessage;
    }

    public Task KillAsync() => process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await process!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs the server in the child process.</summary>
    public static async Task<int> ServeAsync(string port, string file)
    {
        await using var server = await EmbeddedTemporalServer.StartAsync(new EmbeddedTemporalOptions
        {
            Port = int.Parse(port, CultureInfo.InvariantCulture),
            DatabaseFile = file,
        });
        await ChildProcess.RunUntilParentEndsAsync(server.Address);
        return 0;
    }
}
