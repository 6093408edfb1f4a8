using System.ComponentModel.DataAnnotations;
using Api.Http;
using Api.Tokens;
using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Security;
using ControlPlane.Tenants;
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
        routes.MapPost("/invitations/read", ReadAsync).WithTags("Invitations").WithName("ReadInvitation")
            .WithSummary("Returns the state of an invitation, with login name and password rule while it is open.")
            .WithBodyErrors(ErrorCode.TokenInvalid, ErrorCode.NotConfigured, ErrorCode.Unavailable);
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

    private static async Task<Ok<OpenedInvitationResponse>> ReadAsync(
        ReadInvitationRequest body, ReadInvitation read, ApplicationAddress application,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(OpenedInvitationResponse.From(
            await read.ExecuteAsync(body.Token, cancellationToken), application));

    private static async Task<NoContent> AcceptAsync(
        AcceptInvitationRequest body, AcceptInvitation accept, CancellationToken cancellationToken)
    {
        await accept.ExecuteAsync(body.Token, body.Password, cancellationToken);
        return TypedResults.NoContent();
    }
}

/// <param name="Token">The token of the link: the part after <c>#</c>.</param>
public sealed record ReadInvitationRequest(string? Token)
{
    /// <summary>Returns only the type name: the token must not reach a log.</summary>
    public override string ToString() => nameof(ReadInvitationRequest);
}

/// <param name="State">OPEN, USED or EXPIRED.</param>
/// <param name="TenantName">The name of the tenant.</param>
/// <param name="LoginName">The user name; null unless the invitation is OPEN.</param>
/// <param name="PasswordRule">The rule for the password as a sentence; null unless the invitation is OPEN.</param>
/// <param name="ApplicationUrl">The address of the application; null if it is not known.</param>
public sealed record OpenedInvitationResponse(
    string State, string TenantName, string? LoginName, string? PasswordRule, string? ApplicationUrl,
    DateTimeOffset ExpiresAt)
{
    public static OpenedInvitationResponse From(InvitationForTenant invitation, ApplicationAddress application)
    {
        var tenant = invitation.Tenant;
        bool isOpen = invitation.State == InvitationState.Open;
        return new OpenedInvitationResponse(
            invitation.State.ToString().ToUpperInvariant(),
            tenant.Name,
            isOpen ? tenant.Contacts.First(contact => contact.IsPrimary).LoginName : null,
            isOpen ? ControlPlane.Invitations.PasswordRule.Sentence : null,
            application.For(tenant.Key),
            invitation.ExpiresAt);
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
