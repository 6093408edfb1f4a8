using System.Text.Json.Serialization;
using ControlPlane;
using ControlPlane.Leads;
using Functions.Http;
using Functions.RateLimits;
using Functions.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Functions.Leads;

public static class LeadsApi
{
    public static void MapLeads(this IEndpointRouteBuilder routes)
    {
        var leads = routes.MapGroup("/leads").WithTags("Leads");
        leads.MapPost("/", RegisterAsync).WithName("RegisterLead").LimitByAddress()
            .WithSummary("Takes a sign-up and sends a token that proves its address.")
            .WithBodyErrors(ErrorCode.TooManyRequests, ErrorCode.NotConfigured, ErrorCode.Unavailable);
        leads.MapPost("/{id:guid}/resend", ResendAsync).WithName("ResendLeadVerification").LimitByAddress()
            .WithSummary("Sends a new token; once it is mailed, those before it are worthless.")
            .WithErrors(ErrorCode.NotFound, ErrorCode.TooManyRequests, ErrorCode.NotConfigured, ErrorCode.Unavailable);
        leads.MapPost("/{id:guid}/verify", VerifyAsync).WithName("VerifyLead").AcceptsBearer(BearerKind.Validation)
            .WithSummary("Proves the address and gives a JWT that creates one tenant.")
            .WithErrors(ErrorCode.TokenMissing, ErrorCode.TokenInvalid, ErrorCode.TokenExpired,
                ErrorCode.TokenWrongLead, ErrorCode.NotConfigured, ErrorCode.Unavailable);
    }

    private static async Task<Created<LeadResponse>> RegisterAsync(
        RegisterLeadCommand command, RegisterLead register, CancellationToken cancellationToken)
    {
        var lead = await register.ExecuteAsync(command, cancellationToken);
        return TypedResults.Created((string?)null, new LeadResponse(lead.Id, lead.Token));
    }

    private static async Task<Ok<LeadResponse>> ResendAsync(
        Guid id, ResendLeadVerification resend, CancellationToken cancellationToken)
    {
        var lead = await resend.ExecuteAsync(id, cancellationToken);
        return TypedResults.Ok(new LeadResponse(lead.Id, lead.Token));
    }

    private static async Task<Ok<VerifiedLeadResponse>> VerifyAsync(
        Guid id, HttpContext context, VerifyLead verify, LeadTokens tokens, CancellationToken cancellationToken)
    {
        var lead = await verify.ExecuteAsync(id, context.BearerToken(), cancellationToken);
        return TypedResults.Ok(new VerifiedLeadResponse(lead.Id, tokens.Create(lead)));
    }
}

/// <param name="Key">The validation token, in development only; otherwise it comes by mail.</param>
/// <param name="Id">The lead.</param>
public sealed record LeadResponse(
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyOrder(-1)] string? Key = null);

/// <param name="Id">The lead.</param>
/// <param name="Token">
/// A JWT of 15 minutes that creates one tenant for this lead; once there is one, it reads that tenant's provisioning.
/// </param>
public sealed record VerifiedLeadResponse(Guid Id, string Token);
