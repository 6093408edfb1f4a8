using ControlPlane.Security;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Leads;

/// <param name="Id">The id of the lead whose address is proven.</param>
/// <param name="TenantId">The lead's tenant; null before it is created.</param>
/// <param name="EmailDomain">
/// The domain of the address, which a tenant of the lead must have; null if it belongs to a public mail provider.
/// </param>
public sealed record VerifiedLead(Guid Id, Guid? TenantId, string? EmailDomain);

/// <summary>Verifies a lead's address with its validation token, any number of times until the token expires.</summary>
public sealed partial class VerifyLead(
    LeadRepository leads, TenantRepository tenants, MailedTokens tokens, TimeProvider time, ILogger<VerifyLead> logger)
{
    /// <exception cref="ControlPlaneException">The token is of another lead, not genuine, or expired.</exception>
    public async Task<VerifiedLead> ExecuteAsync(Guid leadId, string token, CancellationToken cancellationToken)
    {
        var lead = await leads.FindAsync(leadId, cancellationToken) ?? throw Lead.InvalidToken();
        var now = time.GetUtcNow();
        lead.Verify(token, tokens, now);
        await leads.SaveVerifiedAsync(leadId, now, cancellationToken);
        LogVerified(leadId);
        string domain = lead.Email.Domain.Value;
        return new VerifiedLead(
            leadId,
            await tenants.FindIdByLeadAsync(leadId, cancellationToken),
            // Sign-up refuses such a domain, unless it joined the list later.
            PublicMailProviders.Contains(domain) ? null : domain);
    }

    [LoggerMessage(102, LogLevel.Information, "Lead {LeadId} verified its email address")]
    private partial void LogVerified(Guid leadId);
}
