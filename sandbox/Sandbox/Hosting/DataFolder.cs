using System.Globalization;
using System.Text;

namespace Sandbox.Hosting;

/// <summary>
/// The data folder, locked for one running sandbox: two would overwrite each other's state.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream lockFile;

    private DataFolder(FileStream lockFile) => this.lockFile = lockFile;

    public static DataFolder? Open(string? directory)
    {
        if (directory is null)
            return null;
        try
        {
            Directory.CreateDirectory(directory);
            // The operating system releases the lock when the process ends, even if it is killed.
            var lockFile = new FileStream(
                Path.Combine(directory, "sandbox.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            lockFile.SetLength(0);
            lockFile.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            lockFile.Flush();
            return new DataFolder(lockFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(
                $"--data: {directory} cannot be used ({e.Message}). Either another sandbox uses it, or it is not " +
                "writable.");
        }
    }

    public void Dispose() => lockFile.Dispose();
}
