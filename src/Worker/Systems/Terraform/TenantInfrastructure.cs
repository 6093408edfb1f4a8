using System.Text.Json;
using ControlPlane;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Worker.Saga;

namespace Worker.Systems.Terraform;

/// <summary>
/// Applies and destroys the infrastructure of a tenant's tier. Apply is ensure: it completes what an earlier run has
/// begun, and converges drift. A state that carries another mark is never changed.
/// </summary>
public sealed partial class TenantInfrastructure(
    TerraformOptions options,
    TenantStates states,
    TerraformProcess process,
    TaggedBuckets tagged,
    TenantKeyOptions keys,
    ILogger<TenantInfrastructure> logger)
{
    /// <summary>Plans and applies the module of a tier.</summary>
    /// <param name="tenant">The tenant, with the mark of the attempt.</param>
    /// <param name="tier">The tier.</param>
    /// <param name="mayDestroy">Whether a plan that destroys or replaces a resource is applied.</param>
    /// <param name="beforeChange">Called before each change; throws when the caller is stale.</param>
    /// <param name="onProgress">Gets how far the apply is.</param>
    /// <param name="cancellationToken">Interrupts the run; the state names what exists by then.</param>
    /// <exception cref="ControlPlaneException">The state is foreign, or the plan destroys something.</exception>
    public async Task<TerraformState> ApplyAsync(
        ProvisionedTenant tenant, string tier, bool mayDestroy, Func<Task> beforeChange,
        Func<string, Task> onProgress, CancellationToken cancellationToken)
    {
        string name = TenantStates.NameOf(tenant.Tenant.Key);
        await states.EnsureAsync(name, tenant.Mark, beforeChange, cancellationToken);
        RequireOurs(tenant, name, await states.FindAsync(name, cancellationToken));
        using var left = await TakeLeftAsync(tenant, stopsRunning: false, cancellationToken);
        using var run = await BeginAsync(tenant, tier, left, cancellationToken);
        var plan = await run.PlanAsync(destroys: false, cancellationToken);
        LogPlanned(tenant.Mark.Tenant, tenant.Mark.Attempt, tier, plan.Changes, plan.Destroyed.Count);
        if (plan.Destroyed.Count > 0 && !mayDestroy)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The plan destroys or replaces {string.Join(", ", plan.Destroyed.Order(StringComparer.Ordinal))} of a "
                + "live tenant. Nothing was changed; an operator may allow it "
                + "(`Worker infrastructure KEY --apply --allow-destroy`).");
        }

        if (plan.HasChanges)
        {
            await beforeChange();
            await run.ApplyAsync(onProgress, cancellationToken);
        }

        return (await states.FindAsync(name, cancellationToken))!;
    }

    /// <summary>Plans without a change; null where the tenant has no state of its own.</summary>
    public async Task<TerraformPlan?> PlanAsync(
        ProvisionedTenant tenant, string tier, CancellationToken cancellationToken)
    {
        string name = TenantStates.NameOf(tenant.Tenant.Key);
        if (await states.FindAsync(name, cancellationToken) is not { } state)
        {
            return null;
        }

        RequireOurs(tenant, name, state);
        using var left = await TakeLeftAsync(tenant, stopsRunning: false, cancellationToken);
        using var run = await BeginAsync(tenant, tier, left, cancellationToken);
        return await run.PlanAsync(destroys: false, cancellationToken);
    }

    /// <summary>
    /// Destroys all resources of the state and what a lost run has tagged, then drops the place of the state. Succeeds
    /// when there is nothing. What is foreign, or of a later attempt, stays.
    /// </summary>
    /// <returns>False when the state was left, since it is not ours.</returns>
    public async Task<bool> DestroyAsync(
        ProvisionedTenant tenant, string tier, Func<Task> beforeChange, Func<string, Task> onProgress,
        CancellationToken cancellationToken)
    {
        string name = TenantStates.NameOf(tenant.Tenant.Key);
        var (owner, _) = await states.ReadOwnerAsync(name, tenant.Mark, cancellationToken);
        if (owner is { } found && !found.CanDelete())
        {
            return false;
        }

        if (owner is not null && !await DestroyResourcesAsync(tenant, name, tier, beforeChange, onProgress,
            cancellationToken))
        {
            return false;
        }

        await tagged.DeleteAsync(tenant, beforeChange, cancellationToken);
        await states.DropAsync(name, tenant.Mark, beforeChange, cancellationToken);
        return true;
    }

    private static void RequireOurs(ProvisionedTenant tenant, string name, TerraformState? state)
    {
        if (state?.Owner is { } mark)
        {
            tenant.Mark.GetOwnership(mark).ThrowIfNotOurs($"Terraform state {name}");
        }
    }

    private async Task<bool> DestroyResourcesAsync(
        ProvisionedTenant tenant, string name, string tier, Func<Task> beforeChange, Func<string, Task> onProgress,
        CancellationToken cancellationToken)
    {
        using var left = await TakeLeftAsync(tenant, stopsRunning: true, cancellationToken);
        // A run on another machine may still be making resources that the state does not name yet.
        await states.RequireUnlockedAsync(name, cancellationToken);
        var state = await states.FindAsync(name, cancellationToken);
        if (state?.Owner is { } mark && !tenant.Mark.GetOwnership(mark).CanDelete())
        {
            return false;
        }

        if (left.HasUnsavedState || state is { Resources.Count: > 0 })
        {
            await states.OpenAsync(name, cancellationToken);
            using var run = await BeginAsync(tenant, state?.Tier ?? tier, left, cancellationToken);
            if ((await run.PlanAsync(destroys: true, cancellationToken)).HasChanges)
            {
                await beforeChange();
                await run.ApplyAsync(onProgress, cancellationToken);
            }
        }

        return true;
    }

    private async Task<LeftDirectories> TakeLeftAsync(
        ProvisionedTenant tenant, bool stopsRunning, CancellationToken cancellationToken)
    {
        var left = LeftDirectories.Take(options, tenant.Mark.Tenant);
        try
        {
            await left.EndRunsAsync(process, stopsRunning, cancellationToken);
            return left;
        }
        catch
        {
            left.Dispose();
            throw;
        }
    }

    private async Task<TerraformRun> BeginAsync(
        ProvisionedTenant tenant, string tier, LeftDirectories left, CancellationToken cancellationToken)
    {
        var run = new TerraformRun(
            WorkingDirectory.Create(options, tenant.Mark.Tenant, tier), TenantStates.NameOf(tenant.Tenant.Key), process,
            states);
        try
        {
            await run.InitializeAsync(
                new Dictionary<string, string>(tenant.Mark.Tags) { ["tier"] = tier },
                ReadVariables(),
                await DescribeAsync(tenant, tier, cancellationToken),
                cancellationToken);
            foreach (string unsaved in left.UnsavedStates)
            {
                await run.SaveAsync(unsaved, cancellationToken);
            }

            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private async Task<string> DescribeAsync(
        ProvisionedTenant tenant, string tier, CancellationToken cancellationToken)
    {
        string prefix = $"tenant-{tenant.Tenant.Key}";
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["tenant_id"] = tenant.Mark.Tenant.ToString("D"),
            ["tenant_key"] = tenant.Tenant.Key.Value,
            ["tier"] = tier,
            ["attempt"] = tenant.Mark.Attempt,
            ["region"] = options.Region,
            ["name_prefix"] = prefix,
            ["bucket_prefix"] = $"{keys.BucketPrefix}{prefix}-",
            ["tags"] = tenant.Mark.Tags,
            ["existing_buckets"] = (await tagged.FindAsync(tenant, cancellationToken)).Select(found => found.Name),
        });
    }

    private string? ReadVariables()
    {
        if (options.VariablesFile is not { } path)
        {
            return null;
        }

        try
        {
            string text = File.ReadAllText(path);
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? text : throw new JsonException();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ControlPlaneException(ErrorCode.NotConfigured,
                "TERRAFORM_VARIABLES_FILE: found no readable JSON object, expected {\"NAME\": VALUE}.");
        }
    }

    [LoggerMessage(EventId = 700, Level = LogLevel.Information, Message =
        "Infrastructure planned: tenant {TenantId}, attempt {Attempt}, tier {Tier}, {Changes} changes, "
        + "{Destroyed} of them destroy something")]
    private partial void LogPlanned(Guid tenantId, int attempt, string tier, int changes, int destroyed);
}
