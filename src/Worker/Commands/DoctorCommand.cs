using System.CommandLine;
using System.CommandLine.Parsing;
using ControlPlane.Security;
using Worker.Commands.Doctor;

namespace Worker.Commands;

/// <summary>Checks for known problems and prints a remedy for each.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var functions = new Option<Uri?>("--functions")
        {
            Description = "The address of the functions; without it they are not checked. "
                + "Example: http://127.0.0.1:14000",
            CustomParser = ParseAddress,
        };
        var token = new Option<FileInfo?>("--lead-token-file")
        {
            Description = "A file with the lead's JWT that was answered with 401.",
        };
        var lead = new Option<Guid?>("--lead") { Description = "The lead's id in the URL of that call." };
        var command = new Command("doctor",
            """
            Check for known problems, with the worker's own settings and rights. Each failed check prints its remedy.
            Exit code 0: all checks passed.

            Example: Worker doctor --functions http://127.0.0.1:14000
            Example: Worker doctor --lead-token-file token --lead 0198c0de-0000-7000-8000-000000000001
            """)
        {
            functions, token, lead,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetValue(functions), parsed.GetValue(token)?.FullName, parsed.GetValue(lead),
            cancellationToken));
        return command;
    }

    private static Uri? ParseAddress(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            argument.AddError($"--functions: found '{text}', expected an address such as http://127.0.0.1:14000.");
        }

        return address;
    }

    private static async Task<int> RunAsync(
        CommandContext context, Uri? functions, string? tokenFile, Guid? lead,
        CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        IReadOnlyList<DoctorCheck>[] groups =
        [
            .. context.Systems.Select(system => system.DoctorChecks(host)),
            FunctionsChecks.For(functions, () => KeyRing.Find(host.Settings, "PAYLOAD_KEYS")),
            LeadTokenChecks.For(host, tokenFile, lead),
        ];
        var report = host.CreateReport();
        bool allPassed = true;
        foreach (var group in groups)
        {
            allPassed &= await RunGroupAsync(report, group, cancellationToken);
        }

        return allPassed ? 0 : 1;
    }

    private static async Task<bool> RunGroupAsync(
        Report report, IReadOnlyList<DoctorCheck> group, CancellationToken cancellationToken)
    {
        var withoutAnswer = new HashSet<string>();
        foreach (var check in group)
        {
            if (check.Needs is { } needed && withoutAnswer.Contains(needed))
            {
                withoutAnswer.Add(check.Name);
                report.Unknown(check.Name, $"skipped: it needs {needed}");
                continue;
            }

            var result = await RunCheckAsync(check, cancellationToken);
            if (result.Remedy is null)
            {
                Action<string, string> show = result.IsOff ? report.Neutral : report.Success;
                show(check.Name, result.Message);
                continue;
            }

            withoutAnswer.Add(check.Name);
            report.Failure(check.Name, result.Message);
            report.Remedy(result.Remedy);
        }

        return withoutAnswer.Count == 0;
    }

    private static async Task<DoctorResult> RunCheckAsync(DoctorCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && CommandLine.Explain(e) is { } explanation)
        {
            return DoctorResult.Problem(explanation, check.DefaultRemedy);
        }
    }
}
