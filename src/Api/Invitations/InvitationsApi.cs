using System.ComponentModel.DataAnnotations;
using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Api.Invitations;

public static class InvitationsApi
{
    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tenants/{id:guid}/invitations", RenewAsync).WithTags("Invitations")
            .WithName("RenewInvitation").ForOperators()
            .WithSummary("Mails the admin user a new invitation; once it is mailed, the previous link is invalid.")
            .WithOperatorErrors(ErrorCode.NotFound, ErrorCode.WrongState);
        routes.MapPost("/invitations/accept", AcceptAsync).WithTags("Invitations").WithName("AcceptInvitation")
            .WithSummary("Sets the first password of the admin user.")
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

/// <param name="Token">The token of the link: the part after <c>#</c>.</param>
/// <param name="Password">The new password; it must meet the password policy of the tenant's realm.</param>
public sealed record AcceptInvitationRequest(
    [property: StringLength(MailedTokens.MaxLength, MinimumLength = 1)] string? Token,
    [property: StringLength(AcceptInvitation.MaxPasswordLength, MinimumLength = 1), RegularExpression(@"^\P{Cc}*$")]
    string? Password)
{
    /// <summary>Returns only the type name: token and password must not reach a log.</summary>
    public override string ToString() => nameof(AcceptInvitationRequest);
}

/// <param name="Id">The id of the invitation.</param>
/// <param name="Generation">The number of the link; each new link increments it.</param>
/// <param name="ExpiresAt">The earliest expiry of the link: its 72 hours begin when its mail is sent.</param>
public sealed record InvitationResponse(Guid Id, Guid TenantId, int Generation, DateTimeOffset ExpiresAt);
