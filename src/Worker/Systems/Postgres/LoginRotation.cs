using ControlPlane;
using ControlPlane.Connections;
using ControlPlane.Tenants;
using Worker.Saga;

namespace Worker.Systems.Postgres;

/// <summary>
/// Gives an ACTIVE tenant a new database login: the other role of its pair, with a new password. The former login stays
/// valid until the next rotation, so that the application can change over without a failed query. Repeatable at every
/// point: a rotation that was interrupted is completed by the next one, with the same password.
/// </summary>
public sealed class LoginRotation(
    DatabaseLogins logins, TenantSchemas schemas, TenantDatabase database, ConnectionParts connections)
{
    /// <returns>The new login.</returns>
    /// <exception cref="ControlPlaneException">
    /// Tenant secrets are switched off; the tenant is not ACTIVE; another rotation was faster.
    /// </exception>
    public async Task<DatabaseLogin> RotateAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        var (id, attempt, schema) = (tenant.Tenant.Id, tenant.Mark.Attempt, tenant.Resources.Schema);
        RequireActive(tenant.Tenant);
        var current = (await connections.FindDatabaseAsync(id, attempt, cancellationToken))?.Login;
        int generation = (current?.Generation ?? 0) + 1;
        var next = await logins.PrepareAsync(tenant, generation, () => Task.CompletedTask, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotConfigured,
                "Tenant secrets are switched off (TENANT_SECRETS_ENABLED, TENANT_SECRETS_STORE).");
        await schemas.EnsureAsync(schema, tenant.Mark, next.Login, () => Task.CompletedTask, cancellationToken);
        // Sessions that began with the password of two generations before.
        await schemas.EndSessionsAsync(next.Connection.User, cancellationToken);
        var part = database.Describe(schema) with { Login = next.Connection };
        if (!await connections.ReplaceLoginAsync(id, attempt, part, cancellationToken))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "The tenant is no longer ACTIVE, or another rotation ran at the same time. Nothing is lost: rotate "
                + "again.");
        }

        await logins.DeleteSupersededAsync(tenant, generation, cancellationToken);
        return next.Connection;
    }

    private static void RequireActive(Tenant tenant)
    {
        if (tenant.Status != TenantStatus.Active)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"It is {tenant.Status.ToText()}; only the login of an ACTIVE tenant is rotated.");
        }
    }
}
