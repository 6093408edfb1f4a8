namespace Worker.Commands;

/// <summary>Files that contain a secret: accessible to their owner only, and replaced atomically.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = $"{full}.new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using (var writer = new StreamWriter(temporary, options))
        {
            await writer.WriteLineAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(temporary, full, overwrite: true);
    }

    /// <summary>Reads the text without its line end; null when the file is absent or empty.</summary>
    public static async Task<string?> ReadAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path)
        && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } text
            ? text
            : null;
}
