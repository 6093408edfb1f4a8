using System.Security.Cryptography;
using ControlPlane.Invitations;
using ControlPlane.Security;
using Npgsql;
using Temporalio.Activities;
using Temporalio.Workflows;

namespace Api.Tests.Invitations;

/// <summary>
/// The workflow of an accepted invitation as the functions see it: opens the password and accepts or refuses it.
/// </summary>
[Workflow("AcceptInvitation")]
public sealed class FakeAcceptInvitationWorkflow : IAcceptInvitationWorkflow
{
    [WorkflowRun]
    public Task<AcceptInvitationResult> RunAsync(AcceptInvitationInput input) =>
        Workflow.ExecuteActivityAsync(
            (FakeActivities activities) => activities.SetPasswordAsync(input),
            new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
}

/// <summary>The workflow of the mail: it makes the link the current one, as the worker does after the mail.</summary>
[Workflow("SendInvitation")]
public sealed class FakeSendInvitationWorkflow : ISendInvitationWorkflow
{
    [WorkflowRun]
    public Task RunAsync(SendInvitationInput input) =>
        Workflow.ExecuteActivityAsync(
            (FakeActivities activities) => activities.MailAsync(input),
            new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
}

public sealed class FakeActivities(NpgsqlDataSource database, RSA key, TimeProvider time)
{
    /// <summary>The opened passwords, in order.</summary>
    public List<string> Passwords { get; } = [];

    /// <summary>
    /// The result of another call's password, which the run read before this call stored its own; null: none.
    /// </summary>
    public AcceptInvitationResult? ResultOfAnotherCall { get; set; }

    /// <summary>Whether mails are refused, so that their workflows retry.</summary>
    public bool HoldsMails { get; set; }

    [Activity]
    public async Task MailAsync(SendInvitationInput input)
    {
        if (HoldsMails)
        {
            throw new InvalidOperationException("The test holds the mails.");
        }

        await using var command = database.CreateCommand(
            """
            UPDATE invitations SET generation = $2, accepted_at = NULL, expires_at = $3
            WHERE tenant_id = $1 AND generation = $2 - 1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = input.TenantId });
        command.Parameters.Add(new NpgsqlParameter { Value = input.Generation });
        command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow() + Invitation.Lifetime });
        await command.ExecuteNonQueryAsync();
    }

    [Activity]
    public async Task<AcceptInvitationResult> SetPasswordAsync(AcceptInvitationInput input)
    {
        if (ResultOfAnotherCall is { } result)
        {
            return result;
        }

        await using var command = database.CreateCommand(
            "DELETE FROM sealed_passwords WHERE invitation_id = $1 AND generation = $2 RETURNING sealed");
        command.Parameters.Add(new NpgsqlParameter { Value = input.InvitationId });
        command.Parameters.Add(new NpgsqlParameter { Value = input.Generation });
        string password = PasswordSeal.Open(
            (byte[])(await command.ExecuteScalarAsync())!, input.InvitationId, key);
        Passwords.Add(password);
        if (password.Length < 8)
        {
            return new AcceptInvitationResult(false, "Invalid password: minimum length 8.");
        }

        await using var accepted = database.CreateCommand("UPDATE invitations SET accepted_at = now() WHERE id = $1");
        accepted.Parameters.Add(new NpgsqlParameter { Value = input.InvitationId });
        await accepted.ExecuteNonQueryAsync();
        return new AcceptInvitationResult(true, null);
    }
}
