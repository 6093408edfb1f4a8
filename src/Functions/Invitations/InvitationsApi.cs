using System.ComponentModel.DataAnnotations;
using ControlPlane;
using ControlPlane.Invitations;
using Functions.Http;
using Functions.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Functions.Invitations;

public static class InvitationsApi
{
    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tenants/{id:guid}/invitations", RenewAsync).WithTags("Invitations")
            .WithName("RenewInvitation").ForOperators()
            .WithSummary("Sends the administrator a new invitation; the link before it is worthless from then on.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
        routes.MapPost("/invitations/accept", AcceptAsync).WithTags("Invitations").WithName("AcceptInvitation")
            .WithSummary("Sets the administrator's first password.")
            .WithBodyErrors(ErrorCode.TokenInvalid, ErrorCode.TokenExpired, ErrorCode.WrongState,
                ErrorCode.PasswordRejected, ErrorCode.NotConfigured, ErrorCode.Unavailable);
    }

    private static async Task<Accepted<InvitationResponse>> RenewAsync(
        Guid id, RenewInvitation renew, CancellationToken cancellationToken)
    {
        var invitation = await renew.ExecuteAsync(id, cancellationToken);
        return TypedResults.Accepted((string?)null, new InvitationResponse(
            invitation.Id, invitation.TenantId, invitation.Generation, invitation.ExpiresAt));
    }

    private static async Task<NoContent> AcceptAsync(
        AcceptInvitationRequest body, AcceptInvitation accept, CancellationToken cancellationToken)
    {
        await accept.ExecuteAsync(body.Token, body.Password, cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <param name="Token">What stands in the link behind its <c>#</c>.</param>
/// <param name="Password">The new password; the tenant's own password policy decides.</param>
public sealed record AcceptInvitationRequest(
    string? Token, [property: StringLength(AcceptInvitation.MaxPasswordLength)] string? Password)
{
    /// <summary>Neither is ever printed.</summary>
    public override string ToString() => nameof(AcceptInvitationRequest);
}

/// <param name="Id">The invitation.</param>
/// <param name="Generation">Grows with each new link.</param>
public sealed record InvitationResponse(Guid Id, Guid TenantId, int Generation, DateTimeOffset ExpiresAt);
