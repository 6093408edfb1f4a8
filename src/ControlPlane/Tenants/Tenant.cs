using ControlPlane.Leads;

namespace ControlPlane.Tenants;

/// <summary>A customer. The attempt number only increases; a run of a lower attempt is stale.</summary>
public sealed class Tenant
{
    /// <summary>The time after which a tenant without an attempt expires and releases its key and domains.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromDays(14);

    public required Guid Id { get; init; }

    /// <summary>The lead; null once the contact data of a released tenant are erased.</summary>
    public required Guid? LeadId { get; init; }

    public required TenantKey Key { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<TenantDomain> Domains { get; init; }

    /// <summary>The domains whose ownership is proven. Other domains have no effect.</summary>
    public IReadOnlyList<string> ProvenDomains =>
        [.. Domains.Where(domain => domain.State == DomainState.Proven).Select(domain => domain.Name.Value)];

    public required IReadOnlyList<TenantContact> Contacts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The time from which the tenant expires as long as it has no attempt.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The plan of the current attempt; null before the first one.</summary>
    public TenantPlan? Plan { get; init; }

    public TenantStatus Status { get; private set; } = TenantStatus.PendingProvision;

    /// <summary>The number of the current attempt; 0 before the first.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether the current attempt is recorded and its run has not begun.</summary>
    public bool IsRecorded { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>
    /// Creates a tenant for a lead. The lead becomes its primary contact, and only the domain of the lead's address is
    /// proven.
    /// </summary>
    /// <exception cref="ControlPlaneException">The domain of the lead's address is not among the domains.</exception>
    public static Tenant Create(
        Lead lead, TenantKey key, IReadOnlyList<DomainName> domains, string? name, DateTimeOffset now)
    {
        if (!domains.Contains(lead.Email.Domain))
        {
            throw ControlPlaneException.Invalid("domains",
                $"domains must contain {lead.Email.Domain}, the domain of the verified address.");
        }

        return new Tenant
        {
            Id = Guid.CreateVersion7(now),
            LeadId = lead.Id,
            Key = key,
            Name = name ?? lead.CompanyName,
            Domains = domains.Select(domain => new TenantDomain(
                domain, domain == lead.Email.Domain ? DomainState.Proven : DomainState.Unproven)).ToList(),
            Contacts = [new TenantContact(lead.Email.Value, lead.FirstName, lead.LastName, IsPrimary: true, "admin")],
            CreatedAt = now,
            UpdatedAt = now,
            ExpiresAt = now + PendingLifetime,
        };
    }

    /// <summary>Returns whether the tenant has no attempt and its <see cref="ExpiresAt"/> has passed.</summary>
    public bool IsOverdue(DateTimeOffset now) =>
        Status == TenantStatus.PendingProvision && Attempt == 0 && now >= ExpiresAt;

    /// <summary>Expires an overdue tenant, which releases its key and domains.</summary>
    /// <exception cref="ControlPlaneException">The tenant is not overdue.</exception>
    public void Expire(DateTimeOffset now)
    {
        Require(IsOverdue(now), "expire");
        Status = TenantStatus.Expired;
        UpdatedAt = now;
    }

    /// <summary>
    /// Returns the tenant with the status that callers see at this time: an overdue one is EXPIRED even before that is
    /// stored, and one whose attempt is recorded is PROVISION_RECORDED, which is never stored.
    /// </summary>
    public Tenant AsOf(DateTimeOffset now)
    {
        if (IsOverdue(now))
        {
            Expire(now);
        }
        else if (IsRecorded)
        {
            Status = TenantStatus.ProvisionRecorded;
        }

        return this;
    }

    /// <summary>Begins the next attempt. The status changes only when the run of the attempt begins.</summary>
    /// <returns>The number of the attempt.</returns>
    /// <exception cref="ControlPlaneException">The tenant cannot be provisioned in its state.</exception>
    public int BeginAttempt(DateTimeOffset now)
    {
        Require(Status is TenantStatus.PendingProvision or TenantStatus.ProvisionFailed, "be provisioned");
        UpdatedAt = now;
        IsRecorded = true;
        return ++Attempt;
    }

    /// <summary>Whether the provisioning has failed and no attempt is in progress.</summary>
    public bool IsFailed => !IsRecorded
        && Status is TenantStatus.ProvisionFailed or TenantStatus.RollingBack or TenantStatus.RollbackIncomplete;

    /// <summary>Requires a tenant that is not live and owns no objects according to its status.</summary>
    /// <exception cref="ControlPlaneException">The tenant cannot be released in its state.</exception>
    public void RequireReleasable() => Require(
        !IsRecorded && (Status is TenantStatus.ProvisionFailed
            || (Status == TenantStatus.PendingProvision && Attempt == 0)), "be released");

    /// <summary>Releases key, domains and lead.</summary>
    /// <exception cref="ControlPlaneException">The tenant cannot be released in its state.</exception>
    public void Release(DateTimeOffset now)
    {
        RequireReleasable();
        Status = TenantStatus.Released;
        UpdatedAt = now;
    }

    /// <summary>Requires an ACTIVE tenant: only such a tenant has an admin user to invite.</summary>
    /// <exception cref="ControlPlaneException">The tenant is not ACTIVE.</exception>
    public void RequireActive() => Require(Status == TenantStatus.Active, "invite its admin user");

    internal static Tenant Restore(
        Tenant stored, TenantStatus status, int attempt, bool isRecorded, DateTimeOffset updatedAt)
    {
        stored.Status = status;
        stored.Attempt = attempt;
        stored.IsRecorded = isRecorded;
        stored.UpdatedAt = updatedAt;
        return stored;
    }

    private void Require(bool isAllowed, string verb)
    {
        if (!isAllowed)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The tenant is {Status.ToText()} and cannot {verb} in that state.");
        }
    }
}

/// <param name="Tier">How much of the infrastructure is dedicated.</param>
/// <param name="Id">The plan's id in the billing system.</param>
/// <param name="Name">The plan's name.</param>
public sealed record TenantPlan(TenantTier Tier, string Id, string Name);

public sealed record TenantContact(string Email, string FirstName, string LastName, bool IsPrimary, string Type)
{
    /// <summary>The user name in the tenant's realm.</summary>
    public string LoginName => Email.ToLowerInvariant();
}

public sealed record TenantDomain(DomainName Name, DomainState State);

/// <summary>
/// The state of a domain. Only a proven domain takes effect, and it belongs to at most one live tenant. An unproven
/// domain conflicts with no other tenant and is not sent to any outside system. The domains of an expired or released
/// tenant are released.
/// </summary>
public enum DomainState
{
    Proven = 1,
    Unproven,
    Released,
}
