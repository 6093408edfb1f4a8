using ControlPlane.Connections;

namespace Worker.Systems.Secrets;

/// <summary>
/// Secrets as files in a folder, for development: each accessible to its owner only, and written atomically. A file
/// that a killed worker did not finish has the end <c>.new</c>; it is listed and deleted like a secret.
/// </summary>
public sealed class FolderSecretStore(string folder) : ITenantSecretStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public bool HasObjects => true;

    public async Task<SecretReference> PutAsync(SecretName name, string value, CancellationToken cancellationToken)
    {
        string path = PathOf(name), temporary = $"{path}.new";
        CreateFolder(Path.GetDirectoryName(path)!);
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        await using (var writer = new StreamWriter(temporary, options))
        {
            await writer.WriteAsync(value.AsMemory(), cancellationToken);
        }

        File.Move(temporary, path, overwrite: true);
        return new SecretReference(TenantSecretSettings.Folder, name.ToString());
    }

    public Task<IReadOnlyList<SecretName>> ListAsync(
        Guid installation, Guid? tenant, CancellationToken cancellationToken)
    {
        string root = Path.Combine(folder, $"{installation:D}", tenant is { } id ? $"{id:D}" : "");
        return Task.FromResult<IReadOnlyList<SecretName>>(!Directory.Exists(root)
            ? []
            :
            [
                .. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                    .Select(path => SecretName.Parse(
                        Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')))
                    .OfType<SecretName>(),
            ]);
    }

    public Task<bool> DeleteAsync(SecretName name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        bool exists = File.Exists(path);
        if (exists)
        {
            File.Delete(path);
        }

        return Task.FromResult(exists);
    }

    private string PathOf(SecretName name) => Path.Combine([folder, .. name.ToString().Split('/')]);

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }
}
