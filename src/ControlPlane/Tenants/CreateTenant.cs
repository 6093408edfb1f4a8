using System.ComponentModel.DataAnnotations;
using ControlPlane.Leads;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tenants;

/// <summary>The fields of a new tenant.</summary>
/// <param name="Key">
/// The key: not reserved, and at most 10 characters unless the installation allows more (TENANT_KEY_MAX_LENGTH).
/// </param>
/// <param name="Domains">1 to 20 host names, including the domain of the lead's verified address.</param>
/// <param name="Name">The name of the tenant; by default the lead's company.</param>
public sealed record CreateTenantCommand(
    [property: StringLength(TenantKey.MaxConfigurableLength, MinimumLength = TenantKey.MinLength),
        RegularExpression("^[a-z][a-z0-9]*$")]
    string? Key,
    IReadOnlyList<string?>? Domains,
    [property: StringLength(Field.MaxNameLength), RegularExpression(PersonName.OptionalPattern)] string? Name = null);

/// <summary>Creates the tenant of a verified lead; a lead has at most one.</summary>
public sealed partial class CreateTenant(
    LeadRepository leads, TenantRepository tenants, TenantKeyOptions keys, TimeProvider time,
    ILogger<CreateTenant> logger)
{
    public const int MaxDomains = 20;

    /// <exception cref="ControlPlaneException">
    /// A field is invalid, the lead already has a tenant, or another tenant has the key or the domain.
    /// </exception>
    public async Task<Tenant> ExecuteAsync(
        Guid leadId, CreateTenantCommand command, CancellationToken cancellationToken)
    {
        var key = keys.Parse(command.Key);
        var domains = ParseDomains(command.Domains);
        string? name = PersonName.Optional(command.Name, "name");
        var lead = await leads.FindAsync(leadId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"The lead {leadId:D} does not exist.");
        var now = time.GetUtcNow();
        var tenant = Tenant.Create(lead, key, domains, name, now);
        await tenants.AddAsync(tenant, now, cancellationToken);
        LogCreated(leadId, tenant.Id, tenant.Key);
        return tenant;
    }

    private static List<DomainName> ParseDomains(IReadOnlyList<string?>? texts)
    {
        if (texts is null or { Count: 0 or > MaxDomains })
        {
            throw ControlPlaneException.Invalid("domains",
                $"domains has {texts?.Count ?? 0} entries; 1 to {MaxDomains} host names are expected.");
        }

        var domains = texts.Select((text, i) => DomainName.Parse(text, $"domains[{i}]")).ToList();
        var duplicate = domains.GroupBy(domain => domain).FirstOrDefault(group => group.Count() > 1);
        return duplicate is null
            ? domains
            : throw ControlPlaneException.Invalid("domains", $"domains contains {duplicate.Key} more than once.");
    }

    [LoggerMessage(103, LogLevel.Information, "Lead {LeadId} created tenant {TenantId} ({Key})")]
    private partial void LogCreated(Guid leadId, Guid tenantId, TenantKey key);
}
