using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Provisioning;
using Worker.Saga;
using Worker.Systems.Secrets;

namespace Worker.Systems.Postgres;

/// <summary>A login whose password is in the store of secrets.</summary>
/// <param name="Login">For the tenants' database.</param>
/// <param name="Connection">For the application.</param>
public sealed record PreparedLogin(TenantLogin Login, DatabaseLogin Connection);

/// <summary>The passwords of tenants' logins: derived, and kept in the store of secrets.</summary>
public sealed class DatabaseLogins(TenantSecretSettings settings, PasswordSalts salts, ResourceRecords resources)
{
    /// <summary>Puts the password of a generation into the store.</summary>
    /// <returns>Null while tenant secrets are switched off.</returns>
    public async Task<PreparedLogin?> PrepareAsync(
        ProvisionedTenant tenant, int generation, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        if (settings.Secrets is not { } secrets)
        {
            return null;
        }

        var (id, attempt) = (tenant.Tenant.Id, tenant.Mark.Attempt);
        var salt = await salts.EnsureAsync(id, attempt, generation, secrets.Keys.CurrentId, cancellationToken);
        string password = DerivedPassword.Of(secrets.Keys, salt, id, attempt, generation);
        var name = SecretName.OfDatabase(tenant.Mark, generation);
        if (secrets.Store.HasObjects)
        {
            await resources.PlanAsync(
                id, attempt, ResourceTypes.TenantSecret, name.ToString(), details: null, cancellationToken);
        }

        await beforeChange();
        var reference = await secrets.Store.PutAsync(name, password, cancellationToken);
        if (secrets.Store.HasObjects)
        {
            await resources.CreatedAsync(
                id, attempt, ResourceTypes.TenantSecret, name.ToString(), details: null, cancellationToken);
        }

        return new PreparedLogin(
            new TenantLogin(generation, ScramVerifier.Of(password)),
            new DatabaseLogin(TenantLogins.NameOf(tenant.Resources.Schema, generation), generation, reference));
    }

    /// <summary>Derives the password of a generation again; null where there is none.</summary>
    public async Task<string?> FindPasswordAsync(
        OwnershipMark mark, int generation, CancellationToken cancellationToken) =>
        settings.Secrets is { } secrets
        && await salts.FindAsync(mark.Tenant, mark.Attempt, generation, cancellationToken) is { } salt
            ? DerivedPassword.Of(secrets.Keys, salt, mark.Tenant, mark.Attempt, generation)
            : null;

    /// <summary>Deletes the secrets of this attempt and of earlier ones.</summary>
    /// <exception cref="ControlPlaneException">Secrets are recorded, and tenant secrets are switched off.</exception>
    public async Task DeleteAsync(
        ProvisionedTenant tenant, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        await RequireStoreAsync(tenant, cancellationToken);
        if (settings.Secrets is { Store.HasObjects: true } secrets)
        {
            var found = await secrets.Store.ListAsync(tenant.Mark.Installation, tenant.Mark.Tenant, cancellationToken);
            foreach (var secret in found.Where(secret => secret.Mark.Attempt <= tenant.Mark.Attempt))
            {
                await beforeChange();
                await secrets.Store.DeleteAsync(secret, cancellationToken);
            }

            await resources.DeletedAsync(
                tenant.Tenant.Id, tenant.Mark.Attempt, ResourceTypes.TenantSecret, cancellationToken);
        }

        if (settings.Secrets is not null)
        {
            await salts.DeleteBeforeAsync(
                tenant.Tenant.Id, tenant.Mark.Attempt + 1, generation: 0, cancellationToken);
        }
    }

    /// <summary>Deletes the secret that the login of two generations before had.</summary>
    public async Task DeleteSupersededAsync(
        ProvisionedTenant tenant, int generation, CancellationToken cancellationToken)
    {
        var name = SecretName.OfDatabase(tenant.Mark, generation - 2);
        if (settings.Secrets is { Store.HasObjects: true } secrets)
        {
            await secrets.Store.DeleteAsync(name, cancellationToken);
            await resources.RemoveAsync(
                tenant.Tenant.Id, ResourceTypes.TenantSecret, name.ToString(), cancellationToken);
        }

        await salts.DeleteBeforeAsync(
            tenant.Tenant.Id, tenant.Mark.Attempt, generation - 1, cancellationToken);
    }

    /// <exception cref="ControlPlaneException">Secrets are recorded, and tenant secrets are switched off.</exception>
    public async Task RequireStoreAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        if (settings.Secrets is null
            && (await resources.ListNotDeletedAsync(tenant.Tenant.Id, cancellationToken))
                .Any(resource => resource.Type == ResourceTypes.TenantSecret))
        {
            throw new ControlPlaneException(ErrorCode.NotConfigured,
                "The tenant has secrets in a store, and tenant secrets are switched off. "
                + "Set TENANT_SECRETS_STORE as it was, and try again.");
        }
    }
}
