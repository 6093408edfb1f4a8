namespace ControlPlane.Tenants;

/// <summary>
/// Explains to a customer why a tenant cannot be created. The state of a tenant is told only to the owner of its
/// contact's address, which the caller has proven.
/// </summary>
internal static class TenantConflict
{
    /// <param name="code">The violated rule.</param>
    /// <param name="wanted">The tenant that could not be added.</param>
    /// <param name="holder">The tenant in its way; null when it is gone again.</param>
    public static ControlPlaneException Create(ErrorCode code, Tenant wanted, Tenant? holder)
    {
        string domain = wanted.Domains.Single(domain => domain.State == DomainState.Proven).Name.Value;
        bool isOwn = holder?.Contacts.Any(contact => string.Equals(
            contact.Email, wanted.Contacts[0].Email, StringComparison.OrdinalIgnoreCase)) == true;
        return code switch
        {
            ErrorCode.LeadHasTenant => new(code, holder is { IsFailed: true }
                ? $"The lead already has a tenant. {Advice(holder)}"
                : "The lead already has a tenant. Verify the lead again to get a token that reads its provisioning."),
            ErrorCode.KeyTaken => new(code, isOwn
                ? $"The key '{wanted.Key}' belongs to your own tenant. {Advice(holder!)}"
                : $"The key '{wanted.Key}' belongs to another tenant; choose another one.", "key"),
            ErrorCode.DomainTaken => new(code, holder is null
                ? $"The domain {domain} was still in use and is free by now. Try again."
                : isOwn
                ? $"The domain {domain} belongs to your own tenant '{holder.Key}'. {Advice(holder)}"
                : $"The domain {domain} belongs to a tenant that another person of your company created. Ask that "
                    + "person for an account, or the support.", "domains"),
            _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
        };
    }

    private static string Advice(Tenant holder) => holder switch
    {
        { IsFailed: true } => "Its provisioning failed. Ask the support to provision it again, or to release it; "
            + "after that you can create a new one.",
        { Status: TenantStatus.Active } => "It is ready: log in there.",
        _ => "Its provisioning is under way: wait for the welcome mail, and do not create another one.",
    };
}
