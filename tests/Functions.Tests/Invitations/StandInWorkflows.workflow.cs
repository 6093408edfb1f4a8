using System.Security.Cryptography;
using ControlPlane.Invitations;
using ControlPlane.Security;
using Npgsql;
using Temporalio.Activities;
using Temporalio.Workflows;

namespace Functions.Tests.Invitations;

/// <summary>
/// The worker's side of an invitation as far as the ingress sees it: opens the password and judges it.
/// </summary>
[Workflow("AcceptInvitation")]
public sealed class StandInAcceptInvitation : IAcceptInvitationWorkflow
{
    [WorkflowRun]
    public Task<AcceptInvitationResult> RunAsync(AcceptInvitationInput input) =>
        Workflow.ExecuteActivityAsync(
            (StandInActivities activities) => activities.SetPasswordAsync(input),
            new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
}

/// <summary>The mail, which is the worker's affair.</summary>
[Workflow("SendInvitation")]
public sealed class StandInSendInvitation : ISendInvitationWorkflow
{
    [WorkflowRun]
    public Task RunAsync(SendInvitationInput input) => Task.CompletedTask;
}

public sealed class StandInActivities(NpgsqlDataSource database, RSA key)
{
    /// <summary>What was opened, in order.</summary>
    public List<string> Passwords { get; } = [];

    /// <summary>
    /// Not null: the run had read another call's password before this one was put in its place, and ends with this.
    /// </summary>
    public AcceptInvitationResult? EndOfAnother { get; set; }

    [Activity]
    public async Task<AcceptInvitationResult> SetPasswordAsync(AcceptInvitationInput input)
    {
        if (EndOfAnother is { } end)
        {
            return end;
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
