using ControlPlane.Tenants;
using Worker.Systems;

namespace Worker.Commands.Verify;

/// <summary>A tenant as the checks of <c>verify</c> see it.</summary>
/// <param name="Host">Settings, connections and clients.</param>
/// <param name="Facts">What the control database says.</param>
/// <param name="Password">The admin user's password; null: the login is not tried.</param>
public sealed record TenantToVerify(CommandHost Host, TenantKey Key, TenantFacts Facts, string? Password)
{
    public TenantResources Resources { get; } = TenantResources.For(Key);

    /// <summary>The mark of the current attempt.</summary>
    public OwnershipMark Mark { get; } = new(Host.Installation, Facts.Id, Facts.Attempt);

    public bool IsSkipped(string step) => Facts.Steps.GetValueOrDefault(step) == "SKIPPED";
}
