using System.Security.Cryptography;

namespace Sandbox.Demo;

/// <summary>The admin users' passwords: one file per tenant, readable by the file's owner only.</summary>
internal sealed class PasswordFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FileOf(string key) => Path.Combine(path, key);

    public bool Has(string key) => File.Exists(FileOf(key));

    /// <summary>Creates a password, and stores it before it is sent: an accepted password is never lost.</summary>
    public async Task<string> CreateAsync(string key, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetString(
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24) + "-7aA";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerOnly;
        }

        await using var writer = new StreamWriter(PendingFileOf(key), options);
        await writer.WriteLineAsync(password.AsMemory(), cancellationToken);
        return password;
    }

    /// <summary>Marks the password as accepted.</summary>
    public void Confirm(string key) => File.Move(PendingFileOf(key), FileOf(key), overwrite: true);

    private string PendingFileOf(string key) => FileOf(key) + ".pending";
}
