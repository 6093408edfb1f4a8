using ControlPlane.Tenants;
using Worker.Systems;
using Worker.Systems.Keycloak;

namespace Worker.Commands.Verify;

/// <summary>The input of the checks of <c>verify</c>: one tenant.</summary>
/// <param name="Host">Settings, connections and services.</param>
/// <param name="Key">The tenant's key.</param>
/// <param name="Facts">The records of the control database.</param>
/// <param name="Password">The admin user's password; null to skip the login.</param>
public sealed record TenantToVerify(CommandHost Host, TenantKey Key, TenantFacts Facts, string? Password)
{
    public TenantResources Resources { get; } = TenantResources.For(
        Key, Host.GetService<TenantKeyOptions>().BucketPrefix);

    /// <summary>The addresses of its application, as in the welcome mail and in the realm's client.</summary>
    public TenantAddresses Addresses => Host.GetService<ApplicationAddresses>().For(Key, Facts.ProvenDomains);

    /// <summary>The mark of the current attempt.</summary>
    public OwnershipMark Mark { get; } = new(Host.InstallationId, Facts.Id, Facts.Attempt);

    public bool IsSkipped(string step) => Facts.Steps.GetValueOrDefault(step) == "SKIPPED";
}
