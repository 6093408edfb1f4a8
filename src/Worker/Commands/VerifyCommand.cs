using System.CommandLine;
using ControlPlane.Tenants;
using Worker.Commands.Verify;
using Worker.Systems;

namespace Worker.Commands;

/// <summary>Verifies a tenant in every system that holds a part of it.</summary>
internal static class VerifyCommand
{
    public static Command Create(IReadOnlyList<OutsideSystem> systems)
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
        command.SetAction((parsed, cancellationToken) => RunAsync(
            systems, parsed.GetRequiredValue(key), parsed.GetValue(file)?.FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<OutsideSystem> systems, string text, string? passwordFile, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(systems);
        var key = TenantKey.Parse(text, maxLength: TenantKey.MaxConfigurableLength);
        var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
            ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists those there are.");
        string? password = passwordFile is null
            ? null
            : await PrivateFile.ReadAsync(passwordFile, cancellationToken)
                ?? throw new CommandException($"{passwordFile} holds no password.");

        var report = host.Report();
        report.Say($"Tenant {key} ({facts.Name}, {facts.Id:D}), attempt {facts.Attempt}");
        var tenant = new TenantToVerify(host, key, facts, password);
        bool allGreen = true;
        foreach (var check in systems.SelectMany(system => system.VerifyChecks(tenant)))
        {
            var tick = await AskAsync(tenant, check, cancellationToken);
            allGreen &= tick.IsSuccess;
            Show(report, tick);
        }

        return allGreen ? 0 : 1;
    }

    // A system that does not answer is a red tick, and the other checks go on.
    private static async Task<Tick> AskAsync(
        TenantToVerify tenant, VerifyCheck check, CancellationToken cancellationToken)
    {
        if (check.Step is { } step && tenant.IsSkipped(step))
        {
            return new Tick(check.Name, TickState.Skipped, $"{step} is switched off");
        }

        try
        {
            return await check.AskAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && CommandLine.Explain(e) is { } explanation)
        {
            return Tick.Of(check.Name, false, explanation);
        }
    }

    private static void Show(Report report, Tick tick)
    {
        switch (tick.State)
        {
            case TickState.Green:
                report.Good(tick.Name, tick.Detail);
                break;
            case TickState.Red:
                report.Bad(tick.Name, tick.Detail);
                break;
            case TickState.Skipped:
                report.Neutral(tick.Name, tick.Detail);
                break;
            default:
                report.Unknown(tick.Name, tick.Detail);
                break;
        }
    }
}
