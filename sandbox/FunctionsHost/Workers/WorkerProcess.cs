using System.ComponentModel;
using System.Diagnostics;

namespace FunctionsHost.Workers;

/// <summary>A worker as a process, with its console lines in the log.</summary>
public static partial class WorkerProcess
{
    public static Task<WorkerHandle> StartAsync(WorkerStart start, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var info = new ProcessStartInfo(ProgramOf(start), [.. start.ExecutableArguments, .. start.Arguments])
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;
        return Task.FromResult(Launch(info, start.ConsoleLog));
    }

    private static WorkerHandle Launch(ProcessStartInfo info, ILogger log)
    {
        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            process.Dispose();
            throw new FunctionsHostException($"The worker '{info.FileName}' cannot be started: {e.Message}", e);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        LogStarted(log, info.FileName, process.Id);
        var exited = ExitCodeOf(process);
        return new WorkerHandle
        {
            Exited = exited,
            KillAsync = () => KillAsync(process, exited),
            ProcessId = process.Id,
        };

        void Write(string? line)
        {
            if (!string.IsNullOrEmpty(line))
                LogLine(log, line);
        }
    }

    private static async Task<int> ExitCodeOf(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static async Task KillAsync(Process process, Task<int> exited)
    {
        process.Kill(entireProcessTree: true);
        await exited;
    }

    // A program in the app's folder is named without a path; the system would search only PATH for it.
    private static string ProgramOf(WorkerStart start)
    {
        var inFolder = Path.Combine(start.WorkingDirectory, start.Executable);
        return File.Exists(inFolder) ? inFolder : start.Executable;
    }

    [LoggerMessage(1, LogLevel.Information, "{Line}")]
    private static partial void LogLine(ILogger log, string line);

    [LoggerMessage(2, LogLevel.Debug, "Started {Program} with process id {Id}.")]
    private static partial void LogStarted(ILogger log, string program, int id);
}
