using System.Text.Json;
using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>A plan that has been made in the folder of a run.</summary>
/// <param name="HasChanges">Whether there is anything to apply; outputs alone count too.</param>
/// <param name="Changes">The number of resources that it changes.</param>
/// <param name="Destroyed">The addresses of the resources that it destroys or replaces.</param>
public sealed record TerraformPlan(bool HasChanges, int Changes, IReadOnlyCollection<string> Destroyed);

/// <summary>The commands of Terraform for one state, in a working directory.</summary>
public sealed class TerraformRun(
    WorkingDirectory directory, string name, TerraformProcess process, TenantStates states) : IDisposable
{
    private const string PlanFile = "arc-saas.tfplan";

    /// <summary>Less than the heartbeat timeout of a step, so that a wait for the lock shows as WAITING soon.</summary>
    private const string LockTimeout = "-lock-timeout=15s";

    private static readonly TimeSpan SaveTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Prepares the folder: backend, mark, variables and providers. Nothing is downloaded.</summary>
    public async Task InitializeAsync(
        IReadOnlyDictionary<string, string> owner, string? variables, string ours, CancellationToken cancellationToken)
    {
        directory.WriteInModule("arc_saas_generated.tf.json", JsonSerializer.Serialize(new
        {
            terraform = new
            {
                backend = new
                {
                    pg = new
                    {
                        schema_name = name,
                        skip_schema_creation = true,
                        skip_table_creation = true,
                        skip_index_creation = true,
                    },
                },
            },
            resource = new Dictionary<string, object>
            {
                ["terraform_data"] = new Dictionary<string, object>
                {
                    [TerraformState.OwnerResource] = new { input = owner },
                },
            },
        }));
        if (variables is not null)
        {
            directory.WriteInModule("installation.auto.tfvars.json", variables);
        }

        // The last file in the order of names wins.
        directory.WriteInModule("zz_arc_saas.auto.tfvars.json", ours);
        string[] readOnly = directory.HasLockFile ? ["-lockfile=readonly"] : [];
        await RunAsync(["init", "-input=false", "-json", .. readOnly], new TerraformEvents(), cancellationToken);
    }

    /// <summary>Plans to a file.</summary>
    public async Task<TerraformPlan> PlanAsync(bool destroys, CancellationToken cancellationToken)
    {
        var events = new TerraformEvents();
        string[] destroy = destroys ? ["-destroy"] : [];
        int exitCode = await RunAsync(
            ["plan", "-input=false", "-json", "-detailed-exitcode", LockTimeout, $"-out={PlanFile}", .. destroy],
            events, cancellationToken);
        return new TerraformPlan(exitCode == 2, events.Planned, events.Destroyed);
    }

    /// <summary>Applies the planned file.</summary>
    public Task ApplyAsync(Func<string, Task> onProgress, CancellationToken cancellationToken) => RunAsync(
        ["apply", "-input=false", "-json", LockTimeout, PlanFile], new TerraformEvents(onProgress), cancellationToken);

    /// <summary>Saves a state that an earlier run could not save.</summary>
    /// <exception cref="TerraformException">The database is away, or holds a newer state.</exception>
    public async Task SaveAsync(string path, CancellationToken cancellationToken)
    {
        int exitCode = await process.RunAsync(
            directory, states.AddressOf(name), ["state", "push", LockTimeout, path], _ => Task.CompletedTask,
            cancellationToken);
        if (exitCode != 0)
        {
            await states.CheckAsync(name, cancellationToken);
            throw new TerraformException(ErrorClass.Connection,
                "A state that an earlier run could not save cannot be saved: the stored state has changed since. "
                + "It was  kept in TERRAFORM_WORK_DIR; see the section on unsaved states.");
        }

        File.Delete(path);
    }

    public void Dispose() => directory.Dispose();

    private async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TerraformEvents events, CancellationToken cancellationToken)
    {
        await states.CheckAsync(name, cancellationToken);
        int exitCode;
        try
        {
            exitCode = await process.RunAsync(
                directory, states.AddressOf(name), arguments, events.ReadAsync, cancellationToken);
        }
        finally
        {
            await SaveUnsavedAsync();
        }

        if (exitCode is 0 || (exitCode is 2 && arguments.Contains("-detailed-exitcode")))
        {
            return exitCode;
        }

        // Our own question decides before the words of Terraform do.
        await states.CheckAsync(name, cancellationToken);
        throw TerraformErrors.Create(arguments[0], exitCode, events.Errors);
    }

    // Also after a cancellation: the state names what exists. Otherwise the next run on this machine saves it.
    private async Task SaveUnsavedAsync()
    {
        if (!File.Exists(directory.UnsavedState))
        {
            return;
        }

        using var limit = new CancellationTokenSource(SaveTimeout);
        try
        {
            await SaveAsync(directory.UnsavedState, limit.Token);
        }
        catch (Exception e) when (e is TerraformException or OperationCanceledException)
        {
            // The error of the command matters more.
        }
    }
}
