using System.Security.Cryptography;
using ControlPlane;
using ControlPlane.Leads;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tokens;

/// <summary>
/// JWTs of leads: HS256 and nothing else, 15 minutes, audience <c>lead</c>. One creates a tenant, or, once the lead has
/// one, reads that tenant's provisioning.
/// </summary>
public sealed class LeadTokens(LeadTokenOptions options, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Audience = "lead";
    private const string TenantClaim = "tenant";

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SymmetricSecurityKey key = new(options.Secret);

    public string Create(VerifiedLead lead)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["sub"] = lead.Id.ToString("D"),
            ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        };
        if (lead.TenantId is { } tenant)
        {
            claims[TenantClaim] = tenant.ToString("D");
        }

        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Audience = Audience,
            Claims = claims,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Whether this is to be checked as a lead's token, where an operator's could come as well.</summary>
    public static bool IsLeadToken(string token) => JwtReading.TryRead(token)?.Alg == SecurityAlgorithms.HmacSha256;

    /// <exception cref="ControlPlaneException"><c>token_invalid</c> or <c>token_expired</c>.</exception>
    public async Task<LeadCaller> ValidateAsync(string token)
    {
        var jwt = await JwtReading.ValidateAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = key,
            ValidIssuer = options.Issuer,
            ValidAudience = Audience,
        });
        JwtReading.RequireInTime(jwt, time, "Verify the lead again for a new one.");
        return Guid.TryParseExact(jwt.Subject, "D", out var lead)
            ? new LeadCaller(lead, Guid.TryParseExact(JwtReading.Find(jwt, TenantClaim), "D", out var tenant)
                ? tenant
                : null)
            : throw JwtReading.Invalid();
    }
}

/// <param name="Id">The lead.</param>
/// <param name="TenantId">Null while the lead may make a tenant; then the one whose provisioning it may read.</param>
public sealed record LeadCaller(Guid Id, Guid? TenantId)
{
    /// <exception cref="ControlPlaneException"><c>token_wrong_lead</c>, or <c>lead_has_tenant</c>.</exception>
    public void RequireTenantCreation(Guid leadId)
    {
        if (leadId != Id)
        {
            throw new ControlPlaneException(ErrorCode.TokenWrongLead,
                "The token belongs to another lead than the one in the address.");
        }

        if (TenantId is { } tenant)
        {
            throw new ControlPlaneException(ErrorCode.LeadHasTenant, $"The lead has the tenant {tenant:D} already.");
        }
    }

    /// <exception cref="ControlPlaneException"><c>forbidden</c>.</exception>
    public void RequireProvisioningOf(Guid tenantId)
    {
        if (TenantId != tenantId)
        {
            throw new ControlPlaneException(ErrorCode.Forbidden, TenantId is null
                ? "The token only creates a tenant. Once there is one, verify the lead again for a token that reads it."
                : "The token reads another tenant's provisioning.");
        }
    }
}
