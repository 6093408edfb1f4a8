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

/// <summary>The workflow of the mail; it does nothing.</summary>
[Workflow("SendInvitation")]
public sealed class FakeSendInvitationWorkflow : ISendInvitationWorkflow
{
    [WorkflowRun]
    public Task RunAsync(SendInvitationInput input) => Task.CompletedTask;
}

public sealed class FakeActivities(NpgsqlDataSource database, RSA key)
{
    /// <summary>The opened passwords, in order.</summary>
    public List<string> Passwords { get; } = [];

    /// <summary>
    /// The result of another call's password, which the run read before this call stored its own; null: none.
    /// </summary>
    public AcceptInvitationResult? ResultOfAnotherCall { get; set; }

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
