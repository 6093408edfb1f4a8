using System.Runtime.CompilerServices;
using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;

namespace Worker.Systems.Secrets;

/// <summary>Finds the secrets of tenants. Their names carry the mark.</summary>
public sealed class SecretsInventory(TenantSecretSettings settings, WorkerOptions options) : ISystemInventory
{
    public string SystemId => SecretsSystem.SystemId;

    public string MarkedType => ResourceTypes.TenantSecret;

    /// <summary>Whether tenant secrets are switched on.</summary>
    public bool IsOn => settings.Secrets is not null;

    private ITenantSecretStore Store => settings.Secrets!.Store;

    public async Task<IReadOnlyList<Finding>> FindAsync(
        ProvisionedTenant tenant, CancellationToken cancellationToken) =>
    [
        .. (await Store.ListAsync(tenant.Mark.Installation, tenant.Mark.Tenant, cancellationToken))
            .OrderBy(secret => secret.ToString(), StringComparer.Ordinal)
            .Select(secret => new Finding(
                MarkedType, secret.ToString(), tenant.AttemptOf(secret.Mark), tenant.Describe(secret.Mark))),
    ];

    public async IAsyncEnumerable<MarkedPage> ListMarkedAsync(
        string after, ErrorCollector errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = (await Store.ListAsync(options.InstallationId, tenant: null, cancellationToken))
            .ToDictionary(secret => secret.ToString(), secret => secret.Mark, StringComparer.Ordinal);
        // The marks came with the names.
        await foreach (var page in MarkedPage.ReadAsync(
            found.Keys, after, name => Task.FromResult<MarkedObject?>(new(name, found[name])), errors,
            cancellationToken))
        {
            yield return page;
        }
    }

    // No other secret can take the name: it holds the attempt.
    public async Task<bool> DeleteAsync(
        MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await beforeChange();
        return await Store.DeleteAsync(SecretName.Parse(found.Name)!, cancellationToken);
    }
}
