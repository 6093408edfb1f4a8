using ControlPlane.Security;
using ControlPlane.Temporal;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Invitations;

/// <summary>
/// Sets an administrator's first password. The ingress has no right over Keycloak: it seals the password to the
/// worker's key, has the worker set it, and waits for the end of that.
/// </summary>
public sealed partial class AcceptInvitation(
    InvitationRepository invitations, MailedTokens tokens, ControlPlaneWorkflows workflows, TimeProvider time,
    ILogger<AcceptInvitation> logger)
{
    public const int MaxPasswordLength = 256;

    /// <summary>Of expired passwords, erased on the way.</summary>
    public const int MaxErased = 100;

    /// <summary>
    /// A sealed password is opened within this time or never. Whoever put it there erases it when the wait is over, a
    /// minute or so later. When that process was killed it is erased within one minute of its expiry while a worker
    /// runs, whatever the sweep's interval; else with the next password that is taken or read, or as a worker starts.
    /// </summary>
    private static readonly TimeSpan SealedLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long the caller waits: below what gateways in front of the functions wait for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="ControlPlaneException">
    /// The token is wrong, expired or used; <c>password_rejected</c> in Keycloak's words; <c>unavailable</c>: the
    /// worker is away, or was at work on the password of an earlier call. Only a return says that this very password
    /// was set.
    /// </exception>
    public async Task ExecuteAsync(string? token, string? password, CancellationToken cancellationToken)
    {
        if (password is not { Length: > 0 and <= MaxPasswordLength } || password.Any(char.IsControl))
        {
            throw ControlPlaneException.Invalid("password",
                $"password must be 1 to {MaxPasswordLength} characters without control characters.");
        }

        var now = time.GetUtcNow();
        var invitation = await FindAsync(token, now, cancellationToken);
        var key = await invitations.FindSealingKeyAsync(cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotConfigured,
                "INVITATION_PRIVATE_KEY: its public half is not in the database yet; run `setup` of the worker.");
        var sealedPassword = new SealedPassword(
            invitation.Id, invitation.Generation, key.Id,
            PasswordSeal.Seal(password, invitation.Id, key.PublicKey), now + SealedLifetime);
        await invitations.EraseExpiredSealedAsync(MaxErased, now, cancellationToken);
        if (!await invitations.TryAddSealedAsync(sealedPassword, now, cancellationToken))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "A password is being set by this invitation right now. Try again in a few minutes.");
        }

        AcceptInvitationResult result;
        bool isUntouched;
        try
        {
            result = await SetAsync(invitation, cancellationToken);
        }
        finally
        {
            // The worker has erased it by now, or nobody waits for it any more.
            isUntouched = await invitations.EraseSealedAsync(sealedPassword);
        }

        // An invitation has one run at a time. It may still have been at work on the password of a caller who has given
        // up since: how that ended says nothing about this one, which the worker never touched. Nobody but the worker
        // erases what has not expired; of what has, the end is not known any more.
        if (isUntouched || time.GetUtcNow() >= sealedPassword.ExpiresAt)
        {
            throw Unavailable("An earlier call was still setting its password; this one was not set. ");
        }

        LogEnded(invitation.TenantId, invitation.Generation, result.Accepted);
        if (!result.Accepted)
        {
            throw new ControlPlaneException(ErrorCode.PasswordRejected,
                result.Refusal ?? "The password was not accepted.", "password");
        }
    }

    private async Task<Invitation> FindAsync(string? token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 })
        {
            throw ControlPlaneException.Invalid("token", "token is missing: the part of the link behind its #.");
        }

        var invitation = MailedTokens.ReadId(token) is { } id ? await invitations.FindAsync(
            id, cancellationToken) : null;
        if (invitation is null)
        {
            throw Invitation.InvalidToken();
        }

        invitation.RequireAcceptable(token, tokens, now);
        return invitation;
    }

    private async Task<AcceptInvitationResult> SetAsync(Invitation invitation, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var run = await workflows.StartAsync(
            (IAcceptInvitationWorkflow workflow) => workflow.RunAsync(new(invitation.Id, invitation.Generation)),
            IAcceptInvitationWorkflow.WorkflowId(invitation.Id, invitation.Generation),
            memo: null,
            cancellationToken);
        try
        {
            return await ControlPlaneWorkflows.ReachAsync(() => run.GetResultAsync(
                followRuns: true, new RpcOptions { CancellationToken = either.Token }));
        }
        catch (Exception e) when (e is WorkflowFailedException || patience.IsCancellationRequested)
        {
            throw Unavailable("The password could not be set right now; the invitation is still good. ");
        }
    }

    private static ControlPlaneException Unavailable(string what) =>
        new(ErrorCode.Unavailable, what + "Try again in a few minutes.");

    [LoggerMessage(106, LogLevel.Information, "Tenant {TenantId}: invitation {Generation}, accepted: {Accepted}")]
    private partial void LogEnded(Guid tenantId, int generation, bool accepted);
}
