using System.CommandLine;
using ControlPlane.Tenants;
using Worker.Commands.Verify;

namespace Worker.Commands;

/// <summary>Whether a tenant is really there, in every system.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var key = new Argument<string>("KEY") { Description = "The tenant's key." };
        var file = new Option<FileInfo?>("--password-file")
        {
            Description = "Holds the administrator's password; without it the login is not tried, which is no success.",
        };
        var command = new Command("verify",
            """
            Read a tenant from every system and print a tick for each thing that must be there. Exit code 0: all green.

            Example: Worker verify newcompany --password-file admin-password
            """)
        {
            key, file,
        };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(key), parsed.GetValue(file)?.FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string text, string? passwordFile, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost();
        var key = TenantKey.Parse(text, maxLength: TenantKey.MaxConfigurableLength);
        var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
            ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists those there are.");
        string? password = passwordFile is null
            ? null
            : await PrivateFile.ReadAsync(passwordFile, cancellationToken)
                ?? throw new CommandException($"{passwordFile} holds no password.");

        var report = new Report();
        report.Say($"Tenant {key} ({facts.Name}, {facts.Id:D}), attempt {facts.Attempt}");
        bool allGreen = true;
        await foreach (var tick in new TenantVerification(host, key, facts, password).TicksAsync(cancellationToken))
        {
            allGreen &= tick.IsSuccess;
            Show(report, tick);
        }

        return allGreen ? 0 : 1;
    }

    private static void Show(Report report, Tick tick)
    {
        switch (tick.State)
        {
            case TickState.Green:
                report.Good(tick.What, tick.Detail);
                break;
            case TickState.Red:
                report.Bad(tick.What, tick.Detail);
                break;
            case TickState.Skipped:
                report.Neutral(tick.What, tick.Detail);
                break;
            default:
                report.Unknown(tick.What, tick.Detail);
                break;
        }
    }
}
