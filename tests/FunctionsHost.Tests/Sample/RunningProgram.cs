using System.Diagnostics;
using FunctionsHost.Tests.Fakes;

namespace FunctionsHost.Tests.Sample;

/// <summary>The stand-in as a process with the sample app; killed on disposal.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo folder;
    private readonly List<string> lines = [];

    private RunningProgram(Process process, DirectoryInfo folder)
    {
        this.process = process;
        this.folder = folder;
    }

    /// <summary>The lines of the output that were read so far.</summary>
    public IReadOnlyList<string> Lines => lines;

    public StreamReader Errors => process.StandardError;

    /// <summary>Starts it in an empty folder, or in one with this local.settings.json.</summary>
    public static RunningProgram Start(
        string[] arguments, string? localSettings = null, Dictionary<string, string>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("functions-host-");
        if (localSettings is not null)
            File.WriteAllText(Path.Combine(folder.FullName, "local.settings.json"), localSettings);
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(FunctionsHostServer).Assembly.Location, "--app", RunningSample.Folder, .. arguments])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return new RunningProgram(Process.Start(start)!, folder);
    }

    /// <summary>Reads the output up to the first line that contains a text.</summary>
    public Task<string> LineAsync(string text) => FindAsync(text).LimitedAsync();

    /// <summary>The exit code, after SIGTERM if it is asked for.</summary>
    public async Task<int> ExitAsync(bool terminate = false)
    {
        if (terminate)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            lines.Add(line);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        folder.Delete(recursive: true);
    }

    private async Task<string> FindAsync(string text)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException(
            $"The output ended without '{text}'.\n{string.Join('\n', lines)}\n{await Errors.ReadToEndAsync()}");
    }
}
