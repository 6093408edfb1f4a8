using System.Security.Cryptography;
using ControlPlane;
using ControlPlane.Leads;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tokens;

/// <summary>
/// Creates and validates the JWTs of leads: HS256 only, valid for 15 minutes, audience <c>lead</c>. Such a JWT creates
/// the lead's tenant or, once the lead has one, reads that tenant's provisioning.
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

    /// <summary>Tells lead tokens from operator tokens by their algorithm, where an endpoint accepts both.</summary>
    public static bool IsLeadToken(string token) => JwtValidator.TryRead(token)?.Alg == SecurityAlgorithms.HmacSha256;

    /// <exception cref="ControlPlaneException"><c>token_invalid</c> or <c>token_expired</c>.</exception>
    public async Task<LeadCaller> ValidateAsync(string token)
    {
        var jwt = await JwtValidator.ValidateAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = key,
            ValidIssuer = options.Issuer,
            ValidAudience = Audience,
        });
        JwtValidator.RequireValidLifetime(jwt, time, "Verify the lead again to get a new one.");
        return Guid.TryParseExact(jwt.Subject, "D", out var lead)
            ? new LeadCaller(lead, Guid.TryParseExact(JwtValidator.Find(jwt, TenantClaim), "D", out var tenant)
                ? tenant
                : null)
            : throw JwtValidator.Invalid();
    }
}

/// <param name="Id">The id of the lead.</param>
/// <param name="TenantId">
/// The tenant whose provisioning the lead may read; null while the lead may create a tenant.
/// </param>
public sealed record LeadCaller(Guid Id, Guid? TenantId)
{
    /// <exception cref="ControlPlaneException"><c>token_wrong_lead</c>, or <c>lead_has_tenant</c>.</exception>
    public void RequireTenantCreation(Guid leadId)
    {
        if (leadId != Id)
        {
            throw new ControlPlaneException(ErrorCode.TokenWrongLead,
                "The token does not belong to the lead in the address.");
        }

        if (TenantId is { } tenant)
        {
            throw new ControlPlaneException(ErrorCode.LeadHasTenant, $"The lead already has the tenant {tenant:D}.");
        }
    }

    /// <exception cref="ControlPlaneException"><c>forbidden</c>.</exception>
    public void RequireProvisioningOf(Guid tenantId)
    {
        if (TenantId != tenantId)
        {
            throw new ControlPlaneException(ErrorCode.Forbidden, TenantId is null
                ? "The token only creates a tenant. Verify the lead again to get a token that reads the tenant."
                : "The token reads another tenant's provisioning.");
        }
    }
}
