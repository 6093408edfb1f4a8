using System.CommandLine;
using System.CommandLine.Parsing;
using Worker.Commands.Doctor;
using Worker.Systems;

namespace Worker.Commands;

/// <summary>Looks for the known troubles, one check each, and says what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create(IReadOnlyList<OutsideSystem> systems)
    {
        var functions = new Option<Uri?>("--functions")
        {
            Description = "Where the functions are; without it they are not asked. Example: http://127.0.0.1:14000",
            CustomParser = Address,
        };
        var token = new Option<FileInfo?>("--lead-token-file")
        {
            Description = "Holds a lead's JWT that was answered with 401.",
        };
        var lead = new Option<Guid?>("--lead") { Description = "The lead's id in the address of that call." };
        var command = new Command("doctor",
            """
            Look for the known troubles with the worker's own settings and rights. Each red line says what to do.
            Exit code 0: all is well.

            Example: Worker doctor --functions http://127.0.0.1:14000
            Example: Worker doctor --lead-token-file token --lead 0198c0de-0000-7000-8000-000000000001
            """)
        {
            functions, token, lead,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            systems, parsed.GetValue(functions), parsed.GetValue(token)?.FullName, parsed.GetValue(lead),
            cancellationToken));
        return command;
    }

    private static Uri? Address(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
        {
            argument.AddError($"--functions: found '{text}', expected an address such as http://127.0.0.1:14000.");
        }

        return address;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<OutsideSystem> systems, Uri? functions, string? tokenFile, Guid? lead,
        CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(systems);
        // In each row a check makes sense only after those before it.
        IReadOnlyList<Check>[] rows =
        [
            .. systems.Select(system => system.Checks(host)),
            FunctionsChecks.For(functions),
            LeadTokenChecks.For(host, tokenFile, lead),
        ];
        var report = host.Report();
        bool allWell = true;
        foreach (var row in rows)
        {
            allWell &= await AskAsync(report, row, cancellationToken);
        }

        return allWell ? 0 : 1;
    }

    private static async Task<bool> AskAsync(
        Report report, IReadOnlyList<Check> row, CancellationToken cancellationToken)
    {
        for (int i = 0; i < row.Count; i++)
        {
            var finding = await FindAsync(row[i], cancellationToken);
            if (finding.Remedy is null)
            {
                report.Good(row[i].Name, finding.Message);
                continue;
            }

            report.Bad(row[i].Name, finding.Message);
            report.Remedy(finding.Remedy);
            foreach (var after in row.Skip(i + 1))
            {
                report.Unknown(after.Name, "not asked: the line above comes first");
            }

            return false;
        }

        return true;
    }

    private static async Task<CheckResult> FindAsync(Check check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.AskAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && CommandLine.Explain(
            e) is { } explanation)
        {
            return CheckResult.Problem(explanation, check.OtherwiseTry);
        }
    }
}
