using System.Diagnostics;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>This test assembly as another process, which can be killed. It ends by itself when this one does.</summary>
internal sealed class OtherProcess : IAsyncDisposable
{
    private readonly Process process;

    private OtherProcess(Process process) => this.process = process;

    /// <summary>The first line that it writes, once it is ready.</summary>
    public string Ready { get; private init; } = "";

    public static async Task<OtherProcess> StartAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "EmbeddedTemporal.Tests"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new OtherProcess(process) { Ready = ready ?? throw new InvalidOperationException("it ended at once") };
    }

    /// <summary>In the other process: says that it is ready, then waits for the end of this one.</summary>
    public static async Task ServeUntilParentEndsAsync(string ready)
    {
        await Console.Out.WriteLineAsync(ready);
        await Console.In.ReadToEndAsync();
    }

    /// <summary>kill -9: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }
}
