using System.Security.Cryptography;

namespace Sandbox.Demo;

/// <summary>The administrators' passwords, one file for each tenant, readable for their owner alone.</summary>
internal sealed class PasswordFolder(string path)
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FileOf(string key) => Path.Combine(path, key);

    public bool Has(string key) => File.Exists(FileOf(key));

    /// <summary>A new password, kept before it is sent: one that was taken is never lost.</summary>
    public async Task<string> CreateAsync(string key, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetString(
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24) + "-7aA";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, OwnerReads | UnixFileMode.UserExecute);
            options.UnixCreateMode = OwnerReads;
        }

        await using var writer = new StreamWriter(Pending(key), options);
        await writer.WriteLineAsync(password.AsMemory(), cancellationToken);
        return password;
    }

    /// <summary>The password has been taken.</summary>
    public void Keep(string key) => File.Move(Pending(key), FileOf(key), overwrite: true);

    private string Pending(string key) => FileOf(key) + ".pending";
}
