using System.Globalization;
using System.Text;

namespace Sandbox.Hosting;

/// <summary>
/// The folder of one running sandbox; a second one is refused, since two would overwrite each other's state.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream gate;

    private DataFolder(FileStream gate) => this.gate = gate;

    public static DataFolder? Open(string? directory)
    {
        if (directory is null)
            return null;
        try
        {
            Directory.CreateDirectory(directory);
            // The system lets go of the file when the process ends, however it ends.
            var gate = new FileStream(
                Path.Combine(directory, "sandbox.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            gate.SetLength(0);
            gate.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            gate.Flush();
            return new DataFolder(gate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(
                $"--data: {directory} cannot be used ({e.Message}). Either another sandbox runs on it, or it cannot " +
                "be written.");
        }
    }

    public void Dispose() => gate.Dispose();
}
