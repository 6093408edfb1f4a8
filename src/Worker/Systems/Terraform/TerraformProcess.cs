using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>
/// Runs one command of Terraform in a session of its own. It writes its events to a file: a pipe would break with the
/// worker, and end the run before it has saved its state. A run without a worker ends by itself after
/// <see cref="TerraformOptions.MaxDuration"/>.
/// </summary>
public sealed class TerraformProcess(TerraformOptions options, TimeProvider time)
{
    private const int Interrupt = 2, Kill = 9;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    // $0 is the binary. `timeout` hands one interruption on to Terraform; a second one would end it at once.
    private const string Script =
        """
        umask 077
        echo $$ >"$RUN_PID"
        exec setsid timeout --foreground --signal=INT --kill-after="$RUN_GRACE" "$RUN_LIMIT" "$0" "$@" \
          </dev/null >"$RUN_EVENTS" 2>/dev/null
        """;

    /// <summary>Runs a command.</summary>
    /// <param name="directory">The folder of the run.</param>
    /// <param name="address">The address of the state, which Terraform reads from its environment.</param>
    /// <param name="arguments">The command and its options, without secrets.</param>
    /// <param name="read">Reads each line of the events as soon as it is complete.</param>
    /// <param name="cancellationToken">Interrupts the command, and kills it after the grace time.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the command has ended.</exception>
    public async Task<int> RunAsync(
        WorkingDirectory directory, string? address, IReadOnlyList<string> arguments, Func<string, Task> read,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        File.Delete(directory.Events);
        using var process = Start(directory, address, arguments);
        using var stop = cancellationToken.Register(() => Signal(process.Id, Interrupt));
        var exit = process.WaitForExitAsync(CancellationToken.None);
        using var lines = new EventFile(directory.Events);
        var limit = time.GetTimestamp();
        TimeSpan? interruptedAt = null;
        while (!exit.IsCompleted)
        {
            await Task.WhenAny(exit, Task.Delay(PollInterval, time, CancellationToken.None));
            foreach (string line in lines.ReadNew())
            {
                await read(line);
            }

            if (cancellationToken.IsCancellationRequested)
            {
                interruptedAt ??= time.GetElapsedTime(limit);
                if (time.GetElapsedTime(limit) - interruptedAt > options.Grace)
                {
                    SignalGroup(process.Id, Kill);
                }
            }
        }

        // Plug-ins of a killed run may have outlived it.
        SignalGroup(process.Id, Kill);
        File.Delete(directory.Pid);
        foreach (string line in lines.ReadNew())
        {
            await read(line);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return process.ExitCode;
    }

    /// <summary>Whether a command of an earlier worker still runs in a folder.</summary>
    public static bool IsRunning(WorkingDirectory directory) => FindRunning(directory) is not null;

    /// <summary>Interrupts the command of an earlier worker, as a cancellation would, and waits for its end.</summary>
    public async Task StopAsync(WorkingDirectory directory, CancellationToken cancellationToken)
    {
        if (FindRunning(directory) is not { } id)
        {
            return;
        }

        Signal(id, Interrupt);
        long begun = time.GetTimestamp();
        while (IsRunning(directory))
        {
            if (time.GetElapsedTime(begun) > options.Grace)
            {
                SignalGroup(id, Kill);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private Process Start(WorkingDirectory directory, string? address, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = directory.Module, UseShellExecute = false };
        foreach (string argument in (IEnumerable<string>)["-c", Script, options.Binary, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        // The worker's own secrets are in its environment; providers do not get them.
        string path = start.Environment["PATH"] ?? "/usr/bin:/bin";
        start.Environment.Clear();
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = path;
        start.Environment["HOME"] = start.Environment["TMPDIR"] = directory.Temporary;
        start.Environment["TF_CLI_CONFIG_FILE"] = directory.CliConfiguration;
        start.Environment["TF_IN_AUTOMATION"] = start.Environment["CHECKPOINT_DISABLE"] = "1";
        start.Environment["RUN_PID"] = directory.Pid;
        start.Environment["RUN_EVENTS"] = directory.Events;
        start.Environment["RUN_GRACE"] = Seconds(options.Grace);
        start.Environment["RUN_LIMIT"] = Seconds(options.MaxDuration);
        if (address is not null)
        {
            start.Environment["PG_CONN_STR"] = address;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new TerraformException(ErrorClass.Temporary, string.Create(CultureInfo.InvariantCulture,
                $"Terraform cannot be started (error {e.NativeErrorCode})."));
        }
    }

    // The number of an ended process may belong to another one by now, which works elsewhere.
    private static int? FindRunning(WorkingDirectory directory)
    {
        if (!File.Exists(directory.Pid)
            || !int.TryParse(File.ReadAllText(directory.Pid), CultureInfo.InvariantCulture, out int id))
        {
            return null;
        }

        try
        {
            string? folder = new FileInfo($"/proc/{id}/cwd").LinkTarget;
            return folder?.StartsWith(Path.GetDirectoryName(directory.Pid)!, StringComparison.Ordinal) == true
                ? id
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Seconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalSeconds}s");

    private static void Signal(int id, int signal) => _ = SendSignal(id, signal);

    private static void SignalGroup(int id, int signal) => _ = SendSignal(-id, signal);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int id, int signal);

    /// <summary>Reads the lines of a file that grows.</summary>
    private sealed class EventFile(string path) : IDisposable
    {
        private FileStream? file;
        private StreamReader? reader;
        private string rest = "";

        public IEnumerable<string> ReadNew()
        {
            if (reader is null)
            {
                if (!File.Exists(path))
                {
                    yield break;
                }

                file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                reader = new StreamReader(file);
            }

            rest += reader.ReadToEnd();
            string[] lines = rest.Split('\n');
            rest = lines[^1];
            foreach (string line in lines[..^1])
            {
                yield return line;
            }
        }

        public void Dispose()
        {
            reader?.Dispose();
            file?.Dispose();
        }
    }
}
