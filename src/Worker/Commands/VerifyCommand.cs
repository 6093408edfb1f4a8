using System.CommandLine;
using ControlPlane.Tenants;
using Worker.Commands.Verify;

namespace Worker.Commands;

/// <summary>Verifies a tenant's objects in every outside system.</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandContext context)
    {
        var key = new Argument<string>("KEY") { Description = "The tenant's key." };
        var file = new Option<FileInfo?>("--password-file")
        {
            Description = "A file with the admin user's password; without it the login is not verified, "
                + "and the exit code is 1.",
        };
        var command = new Command("verify",
            """
            Verify a tenant in every system, with one line for each check. Exit code 0: all checks passed.

            Example: Worker verify newcompany --password-file admin-password
            """)
        {
            key, file,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetRequiredValue(key), parsed.GetValue(file)?.FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string text, string? passwordFile, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var key = TenantKey.ParseExisting(text);
        var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
            ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists all tenants.");
        string? password = passwordFile is null
            ? null
            : await PrivateFile.ReadAsync(passwordFile, cancellationToken)
                ?? throw new CommandException($"{passwordFile} contains no password.");

        var report = host.CreateReport();
        report.Heading($"Tenant {key} ({facts.Name}, {facts.Id:D}), attempt {facts.Attempt}");
        var tenant = new TenantToVerify(host, key, facts, password);
        bool allPassed = true;
        foreach (var check in context.Systems.SelectMany(system => system.VerifyChecks(tenant)))
        {
            var result = await RunCheckAsync(tenant, check, cancellationToken);
            allPassed &= result.IsSuccess;
            Show(report, result);
        }

        return allPassed ? 0 : 1;
    }

    // A system that does not answer fails its check; the other checks still run.
    private static async Task<VerifyResult> RunCheckAsync(
        TenantToVerify tenant, VerifyCheck check, CancellationToken cancellationToken)
    {
        if (check.Step is { } step && tenant.IsSkipped(step))
        {
            return new VerifyResult(check.Name, VerifyState.Skipped, $"{step} is switched off");
        }

        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && CommandLine.Explain(e) is { } explanation)
        {
            return VerifyResult.Of(check.Name, false, explanation);
        }
    }

    private static void Show(Report report, VerifyResult result)
    {
        switch (result.State)
        {
            case VerifyState.Passed:
                report.Success(result.Name, result.Detail);
                break;
            case VerifyState.Failed:
                report.Failure(result.Name, result.Detail);
                break;
            case VerifyState.Skipped:
                report.Neutral(result.Name, result.Detail);
                break;
            default:
                report.Unknown(result.Name, result.Detail);
                break;
        }
    }
}
