using System.CommandLine;
using Worker.Audit;

namespace Worker.Commands;

/// <summary>Verifies that no row of the audit was changed or deleted.</summary>
internal static class AuditCommand
{
    public static Command Create(CommandContext context) =>
        new("audit", "The audit: operators' acts, changes of state.")
        {
            Verify(context),
        };

    private static Command Verify(CommandContext context)
    {
        var head = new Option<string?>("--head")
        {
            Description = "A head that was noted earlier: POSITION:HASH, as this command and the worker's log show it.",
        };
        var command = new Command("verify",
            """
            Walk the chain of the audit's rows and name the first broken one. Exit code 0: the chain is whole.

            Example: Worker audit verify --head 1204:9f86d081…
            """)
        {
            head,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(head) is { } text && AuditSeal.Parse(text) is null)
            {
                result.AddError($"--head: found {text.Length} characters, expected POSITION:HASH with 64 hex digits.");
            }
        });
        command.SetAction((parsed, cancellationToken) =>
            VerifyAsync(context, parsed.GetValue(head), cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(
        CommandContext context, string? head, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var found = await new AuditVerification(host.Database).VerifyAsync(
            head is null ? null : AuditSeal.Parse(head), cancellationToken);
        var report = host.CreateReport();
        if (found.Problem is { } problem)
        {
            report.Failure("audit", $"{problem}; the rows before are in order (head {found.Head})");
            return 1;
        }

        report.Success("audit", $"{found.Head.Position} rows, {found.Unsealed} wait for their seal; head {found.Head}");
        return 0;
    }
}
