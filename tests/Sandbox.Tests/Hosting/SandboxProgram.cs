using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Sandbox.Tests.Hosting;

/// <summary>The sandbox as a separate process on free ports; it is killed on disposal.</summary>
internal sealed class SandboxProgram : IAsyncDisposable
{
    private readonly Process process;

    private SandboxProgram(Process process) => this.process = process;

    /// <summary>The line of JSON that the process writes once all parts listen.</summary>
    public JsonNode Addresses { get; private set; } = new JsonObject();

    public Uri S3 => new(Addresses["s3"]!.ToString());

    public Uri Novu => new(Addresses["novu"]!.ToString());

    public static async Task<SandboxProgram> StartAsync(params string[] arguments)
    {
        var program = new SandboxProgram(Launch(
            ["--keycloak-port", "0", "--s3-port", "0", "--novu-port", "0", "--temporal-port", "0", .. arguments]));
        var line = await program.process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException(await program.process.StandardError.ReadToEndAsync());
        program.Addresses = JsonNode.Parse(line)!;
        return program;
    }

    /// <summary>Runs the process to its end, for a start that is expected to fail.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Kills the process with SIGKILL (kill -9).</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Stops the process with SIGTERM, like a service manager, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private static Process Launch(string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", [typeof(Sandbox.Hosting.SandboxHost).Assembly.Location, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
