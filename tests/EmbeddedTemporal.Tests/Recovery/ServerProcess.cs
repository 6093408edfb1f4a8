using System.Globalization;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>A server on a database file in a process of its own. It can be killed and started again.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("embedded-temporal-").FullName;
    private OtherProcess? process;

    public string Address { get; private set; } = "127.0.0.1:0";

    public static async Task<ServerProcess> StartAsync()
    {
        var server = new ServerProcess();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts on the same file and port as before.</summary>
    public async Task StartAgainAsync()
    {
        var port = Address[(Address.IndexOf(':', StringComparison.Ordinal) + 1)..];
        process = await OtherProcess.StartAsync("serve", port, Path.Combine(folder, "temporal.db"));
        Address = process.Ready;
    }

    public Task KillAsync() => process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await process!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The other process's side.</summary>
    public static async Task<int> ServeAsync(string port, string file)
    {
        await using var server = await EmbeddedTemporalServer.StartAsync(new EmbeddedTemporalOptions
        {
            Port = int.Parse(port, CultureInfo.InvariantCulture),
            DatabaseFile = file,
        });
        await OtherProcess.ServeUntilParentEndsAsync(server.Address);
        return 0;
    }
}
