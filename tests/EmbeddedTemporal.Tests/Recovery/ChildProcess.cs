using System.Diagnostics;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>A child process of this test assembly, which a test can kill. It ends when its parent ends.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    /// <summary>The first line that the process writes, when it is ready.</summary>
    public string ReadyMessage { get; private init; } = "";

    public static async Task<ChildProcess> StartAsync(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "EmbeddedTemporal.Tests"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new ChildProcess(process)
        {
            ReadyMessage = ready ?? throw new InvalidOperationException("the child process ended before it was ready"),
        };
    }

    /// <summary>Called in the child process: writes the ready message and waits for the parent to end.</summary>
    public static async Task RunUntilParentEndsAsync(string readyMessage)
    {
        await Console.Out.WriteLineAsync(readyMessage);
        await Console.In.ReadToEndAsync();
    }

    /// <summary>Kills the process with SIGKILL: no handler runs and nothing is flushed.</summary>
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
