using ControlPlane.Security;
using ControlPlane.Temporal;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Invitations;

/// <summary>
/// Sets the first password of an admin user. The functions have no access to Keycloak: they seal the password with the
/// worker's public key, start a workflow that sets it, and wait for the result.
/// </summary>
public sealed partial class AcceptInvitation(
    InvitationRepository invitations, MailedTokens tokens, ControlPlaneWorkflows workflows, TimeProvider time,
    ILogger<AcceptInvitation> logger)
{
    public const int MaxPasswordLength = 256;

    /// <summary>The maximum number of expired sealed passwords that one call erases.</summary>
    public const int MaxErasedPerCall = 100;

    /// <summary>
    /// The time within which a sealed password may be opened. The process that stored it erases it after its wait,
    /// about a minute later. If that process was killed, a running worker erases it within one minute of its expiry,
    /// regardless of the sweep interval. Without a running worker, the next call that stores or reads a password erases
    /// it, or the next start of a worker.
    /// </summary>
    private static readonly TimeSpan SealedLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The timeout of the wait, shorter than the timeouts of gateways in front of the functions.</summary>
    private static readonly TimeSpan ResultTimeout = TimeSpan.FromSeconds(60);

    /// <exception cref="ControlPlaneException">
    /// The token is wrong, expired or used; <c>password_rejected</c>, with Keycloak's message; <c>unavailable</c>: no
    /// worker is running, or the run was processing the password of an earlier call. Only a normal return means that
    /// this password was set.
    /// </exception>
    public async Task ExecuteAsync(string? token, string? password, CancellationToken cancellationToken)
    {
        if (password is not { Length: > 0 } || password.EnumerateRunes().Count() > MaxPasswordLength
            || password.Any(char.IsControl))
        {
            throw ControlPlaneException.Invalid("password",
                $"password must be 1 to {MaxPasswordLength} characters without control characters.");
        }

        var now = time.GetUtcNow();
        var invitation = await invitations.FindByTokenAsync(token, cancellationToken);
        invitation.RequireAcceptable(token!, tokens, now);
        var key = await invitations.FindSealingKeyAsync(cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotConfigured,
                "INVITATION_PRIVATE_KEY: the public key is not in the database; run the worker's `setup`.");
        var sealedPassword = new SealedPassword(
            invitation.Id, invitation.Generation, key.Id,
            PasswordSeal.Seal(password, invitation.Id, key.PublicKey), now + SealedLifetime);
        await invitations.EraseExpiredSealedAsync(MaxErasedPerCall, now, cancellationToken);
        if (!await invitations.TryAddSealedAsync(sealedPassword, now, cancellationToken))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "Another call is setting a password with this invitation. Try again in a few minutes.");
        }

        AcceptInvitationResult result;
        bool isUntouched;
        try
        {
            result = await SetAsync(invitation, cancellationToken);
        }
        finally
        {
            // The worker has erased it by now, or the wait is over.
            isUntouched = await invitations.EraseSealedAsync(sealedPassword);
        }

        // An invitation has one run at a time, so this result may belong to the password of an earlier call that timed
        // out. If our sealed password still existed, this run did not set it. Only the worker erases a password before
        // it expires; once it has expired, its absence proves nothing.
        if (isUntouched || time.GetUtcNow() >= sealedPassword.ExpiresAt)
        {
            throw Unavailable("The run was processing the password of an earlier call; this password was not set. ");
        }

        LogResult(invitation.TenantId, invitation.Generation, result.Accepted);
        if (!result.Accepted)
        {
            throw new ControlPlaneException(ErrorCode.PasswordRejected,
                result.Refusal ?? "The password was not accepted.", "password");
        }
    }

    private async Task<AcceptInvitationResult> SetAsync(Invitation invitation, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ResultTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var run = await workflows.StartAsync(
            (IAcceptInvitationWorkflow workflow) => workflow.RunAsync(new(invitation.Id, invitation.Generation)),
            IAcceptInvitationWorkflow.WorkflowId(invitation.Id, invitation.Generation),
            memo: null,
            cancellationToken);
        try
        {
            return await ControlPlaneWorkflows.CallAsync(() => run.GetResultAsync(
                followRuns: true, new RpcOptions { CancellationToken = linked.Token }));
        }
        catch (Exception e) when (e is WorkflowFailedException || timeout.IsCancellationRequested)
        {
            throw Unavailable("The password could not be set; the invitation is still valid. ");
        }
    }

    private static ControlPlaneException Unavailable(string reason) =>
        new(ErrorCode.Unavailable, reason + "Try again in a few minutes.");

    [LoggerMessage(106, LogLevel.Information, "Tenant {TenantId}: invitation {Generation}, accepted: {Accepted}")]
    private partial void LogResult(Guid tenantId, int generation, bool accepted);
}
