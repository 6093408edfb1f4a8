using ControlPlane.Connections;

namespace Worker.Systems.Secrets;

/// <summary>The place of tenants' secrets, from which the application reads them.</summary>
public interface ITenantSecretStore
{
    /// <summary>Whether secrets are objects in an outside system, which an undo deletes.</summary>
    bool HasObjects { get; }

    /// <summary>Stores a secret under a name that is never used for another value. Repeatable.</summary>
    /// <returns>What the application needs to read it.</returns>
    Task<SecretReference> PutAsync(SecretName name, string value, CancellationToken cancellationToken);

    /// <summary>Lists the names of all secrets of an installation, or of one of its tenants, in any order.</summary>
    Task<IReadOnlyList<SecretName>> ListAsync(Guid installation, Guid? tenant, CancellationToken cancellationToken);

    /// <returns>False when it does not exist.</returns>
    Task<bool> DeleteAsync(SecretName name, CancellationToken cancellationToken);
}
