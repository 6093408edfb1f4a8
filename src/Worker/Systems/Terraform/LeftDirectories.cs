using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>The folders that a tenant's earlier runs have left on this machine, held until disposal.</summary>
public sealed class LeftDirectories : IDisposable
{
    private readonly IReadOnlyList<WorkingDirectory> directories;

    private LeftDirectories(IReadOnlyList<WorkingDirectory> directories) => this.directories = directories;

    /// <summary>The states that could not be saved.</summary>
    public IEnumerable<string> UnsavedStates =>
        directories.Select(directory => directory.UnsavedState).Where(File.Exists);

    public bool HasUnsavedState => UnsavedStates.Any();

    /// <summary>Takes the folders.</summary>
    /// <exception cref="TerraformException">A worker that runs has one of them.</exception>
    public static LeftDirectories Take(TerraformOptions options, Guid tenant) =>
        new(WorkingDirectory.TakeLeft(options, tenant));

    /// <summary>Requires that no command of a lost worker runs, or stops it.</summary>
    public async Task EndRunsAsync(TerraformProcess process, bool stops, CancellationToken cancellationToken)
    {
        foreach (var directory in directories.Where(TerraformProcess.IsRunning))
        {
            if (!stops)
            {
                throw new TerraformException(
                    ErrorClass.Connection, "A run whose worker was lost has not ended yet.");
            }

            await process.StopAsync(directory, cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var directory in directories)
        {
            directory.Dispose();
        }
    }
}
