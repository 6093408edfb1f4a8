using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Sandbox.Tests.Hosting;

/// <summary>The sandbox as a process of its own, on free ports; ended at the latest with the test.</summary>
internal sealed class SandboxProgram : IAsyncDisposable
{
    private readonly Process process;

    private SandboxProgram(Process process) => this.process = process;

    /// <summary>The line of JSON that it writes when everything listens.</summary>
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

    /// <summary>For a start that is expected to fail: exit code and what it said.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Launch(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as from Ctrl-C or a service manager; gives the exit code.</summary>
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
