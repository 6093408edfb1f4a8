using ControlPlane.Leads;

namespace ControlPlane.Tenants;

/// <summary>The customer. The attempt only grows: a run that serves a lower one is stale.</summary>
public sealed class Tenant
{
    /// <summary>A tenant that nobody has tried to provision for so long gives its key and domain back.</summary>
    public static readonly TimeSpan PendingLifetime = TimeSpan.FromDays(14);

    public required Guid Id { get; init; }

    public required Guid LeadId { get; init; }

    public required TenantKey Key { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<TenantDomain> Domains { get; init; }

    public required IReadOnlyList<TenantContact> Contacts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public TenantStatus Status { get; private set; } = TenantStatus.PendingProvision;

    /// <summary>The current attempt; 0 until there is one.</summary>
    public int Attempt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>
    /// A tenant for a lead: the lead is its primary contact, and of its domains only the lead's own is proven.
    /// </summary>
    /// <exception cref="ControlPlaneException">The lead's own domain is not among the domains.</exception>
    public static Tenant Create(
        Lead lead, TenantKey key, IReadOnlyList<DomainName> domains, string? name, DateTimeOffset now)
    {
        if (!domains.Contains(lead.Email.Domain))
        {
            throw ControlPlaneException.Invalid("domains",
                $"domains must hold {lead.Email.Domain}, the domain of the proven address.");
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

    /// <summary>Waiting for its first attempt for longer than it may.</summary>
    public bool IsOverdue(DateTimeOffset now) =>
        Status == TenantStatus.PendingProvision && Attempt == 0 && now >= ExpiresAt;

    /// <summary>Gives key and domains back.</summary>
    public void Expire(DateTimeOffset now)
    {
        Require(IsOverdue(now), "expire");
        Status = TenantStatus.Expired;
        UpdatedAt = now;
    }

    /// <summary>As it is at this time: an overdue one counts as EXPIRED before anybody has written that down.</summary>
    public Tenant AsOf(DateTimeOffset now)
    {
        if (IsOverdue(now))
        {
            Expire(now);
        }

        return this;
    }

    /// <summary>The next attempt; the status changes only when its run begins.</summary>
    public int BeginAttempt(DateTimeOffset now)
    {
        Require(Status is TenantStatus.PendingProvision or TenantStatus.ProvisionFailed, "be provisioned");
        UpdatedAt = now;
        return ++Attempt;
    }

    /// <summary>An invitation leads into what an ACTIVE tenant has.</summary>
    public void RequireActive() => Require(Status == TenantStatus.Active, "invite its administrator");

    internal static Tenant Restore(Tenant stored, TenantStatus status, int attempt, DateTimeOffset updatedAt)
    {
        stored.Status = status;
        stored.Attempt = attempt;
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

public sealed record TenantContact(string Email, string FirstName, string LastName, bool IsPrimary, string Type);

public sealed record TenantDomain(DomainName Name, DomainState State);

/// <summary>
/// Only a proven domain takes effect; it belongs to one live tenant. The others conflict with nobody and reach no
/// system. An expired tenant's are released.
/// </summary>
public enum DomainState
{
    Proven = 1,
    Unproven,
    Released,
}
