namespace Worker.Commands;

/// <summary>Files with a secret in them: readable and writable for their owner alone, replaced as a whole.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string beside = $"{full}.new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using (var writer = new StreamWriter(beside, options))
        {
            await writer.WriteLineAsync(text.AsMemory(), cancellationToken);
        }

        File.Move(beside, full, overwrite: true);
    }

    /// <summary>The text without its line end; null where there is no such file, or an empty one.</summary>
    public static async Task<string?> ReadAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(path)
        && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } text
            ? text
            : null;
}
