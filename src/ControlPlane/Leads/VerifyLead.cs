using ControlPlane.Security;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Leads;

/// <param name="Id">The id of the lead whose address is proven.</param>
/// <param name="TenantId">The lead's tenant; null before it is created.</param>
public sealed record VerifiedLead(Guid Id, Guid? TenantId);

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
        return new VerifiedLead(leadId, await tenants.FindIdByLeadAsync(leadId, cancellationToken));
    }

    [LoggerMessage(102, LogLevel.Information, "Lead {LeadId} verified its email address")]
    private partial void LogVerified(Guid leadId);
}
