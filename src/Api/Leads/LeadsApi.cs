using System.Text.Json.Serialization;
using Api.Http;
using Api.Idempotency;
using Api.RateLimits;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Leads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Leads;

public static class LeadsApi
{
    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var leads = routes.MapGroup("/leads").WithTags("Leads");
        leads.MapPost("/", RegisterAsync).WithName("RegisterLead").LimitByAddress()
            .AcceptsIdempotencyKey().ForSignUp()
            .WithMetadata(new RequestHeader(
                SignUpChallenges.Header, "The solution of a challenge: base64 of JSON, as in the ALTCHA protocol.",
                MinLength: 1, AltchaSolution.MaxLength))
            .WithSummary("Registers a lead and mails it a validation token.")
            .WithBodyErrors(ErrorCode.ChallengeRequired, ErrorCode.TooManyRequests, ErrorCode.NotConfigured,
                ErrorCode.Unavailable);
        leads.MapGet("/challenge", GetChallenge).WithName("GetSignUpChallenge").ForSignUp()
            .WithSummary("Returns a proof of work (ALTCHA), whose solution a sign-up may need.")
            .WithErrors(ErrorCode.NotFound, ErrorCode.NotConfigured);
        leads.MapPost("/{id:guid}/resend", ResendAsync).WithName("ResendLeadVerification").LimitByAddress()
            .ForSignUp()
            .WithSummary("Mails a new validation token; once it is mailed, earlier tokens are invalid.")
            .WithErrors(ErrorCode.NotFound, ErrorCode.TooManyRequests, ErrorCode.NotConfigured, ErrorCode.Unavailable);
        leads.MapPost("/{id:guid}/verify", VerifyAsync).WithName("VerifyLead").AcceptsBearer(BearerKind.Validation)
            .ForSignUp()
            .WithSummary("Verifies the lead's email address and returns a JWT that creates one tenant.")
            .WithErrors(ErrorCode.TokenMissing, ErrorCode.TokenInvalid, ErrorCode.TokenExpired,
                ErrorCode.TokenWrongLead, ErrorCode.NotConfigured, ErrorCode.Unavailable);
    }

    private static async Task<Created<LeadResponse>> RegisterAsync(
        RegisterLeadCommand command, HttpContext context, RegisterLead register, SignUpLimits limits,
        CancellationToken cancellationToken)
    {
        var lead = await register.ExecuteAsync(
            command, limits.MailsOf(context, canBeChallenged: true), cancellationToken);
        return TypedResults.Created((string?)null, new LeadResponse(lead.Id, lead.Token));
    }

    private static Ok<AltchaChallenge> GetChallenge(SignUpChallenges challenges) =>
        TypedResults.Ok(challenges.Create());

    private static async Task<Ok<LeadResponse>> ResendAsync(
        Guid id, HttpContext context, ResendLeadVerification resend, SignUpLimits limits,
        CancellationToken cancellationToken)
    {
        var lead = await resend.ExecuteAsync(id, limits.MailsOf(context), cancellationToken);
        return TypedResults.Ok(new LeadResponse(lead.Id, lead.Token));
    }

    private static async Task<Ok<VerifiedLeadResponse>> VerifyAsync(
        Guid id, HttpContext context, VerifyLead verify, LeadTokens tokens, CancellationToken cancellationToken)
    {
        var lead = await verify.ExecuteAsync(id, context.RequireBearerToken(), cancellationToken);
        return TypedResults.Ok(new VerifiedLeadResponse(
            lead.Id, tokens.Create(lead), lead.TenantId, lead.EmailDomain));
    }
}

/// <param name="Key">The validation token, only in development; otherwise it is mailed.</param>
/// <param name="Id">The id of the lead.</param>
public sealed record LeadResponse(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)] string? Key = null);

/// <param name="Id">The id of the lead.</param>
/// <param name="Token">
/// A JWT, valid for 15 minutes. It creates the lead's tenant or, once the lead has one, reads that tenant's
/// provisioning.
/// </param>
/// <param name="TenantId">The lead's tenant; null before it is created.</param>
/// <param name="EmailDomain">
/// The domain that the tenant must have; null if the address is at a public mail provider.
/// </param>
public sealed record VerifiedLeadResponse(Guid Id, string Token, Guid? TenantId, string? EmailDomain);
