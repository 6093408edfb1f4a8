using System.ComponentModel.DataAnnotations;
using ControlPlane.Leads;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tenants;

/// <summary>What a lead asks for; every field is checked by the use case.</summary>
/// <param name="Key">2 to 10 characters, not reserved.</param>
/// <param name="Domains">1 to 20 host names, the domain of the proven address among them.</param>
/// <param name="Name">The company of the lead unless given.</param>
public sealed record CreateTenantCommand(
    [property: RegularExpression("^[a-z][a-z0-9]*$")] string? Key,
    IReadOnlyList<string?>? Domains,
    [property: StringLength(Field.NameLength)] string? Name = null);

/// <summary>Makes the one tenant of a lead whose address is proven.</summary>
public sealed partial class CreateTenant(
    LeadRepository leads, TenantRepository tenants, TenantKeyOptions keys, TimeProvider time,
    ILogger<CreateTenant> logger)
{
    public const int MaxDomains = 20;

    /// <exception cref="ControlPlaneException">
    /// A field is wrong, the lead has a tenant, or key or domain belong to another one.
    /// </exception>
    public async Task<Tenant> ExecuteAsync(
        Guid leadId, CreateTenantCommand command, CancellationToken cancellationToken)
    {
        var key = TenantKey.Parse(command.Key, maxLength: keys.MaxLength);
        var domains = ParseDomains(command.Domains);
        string? name = Field.Optional(command.Name, "name");
        var lead = await leads.FindAsync(leadId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no lead {leadId:D}.");
        var now = time.GetUtcNow();
        var tenant = Tenant.Create(lead, key, domains, name, now);
        await tenants.AddAsync(tenant, now, cancellationToken);
        LogCreated(tenant.Id, tenant.Key, leadId);
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
        var twice = domains.GroupBy(domain => domain).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? domains
            : throw ControlPlaneException.Invalid("domains", $"domains holds {twice.Key} twice.");
    }

    [LoggerMessage(103, LogLevel.Information, "Tenant {TenantId} ({Key}) was created by lead {LeadId}")]
    private partial void LogCreated(Guid tenantId, TenantKey key, Guid leadId);
}
