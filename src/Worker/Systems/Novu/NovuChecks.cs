using System.Net;
using System.Text.Json;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Novu;

internal static class NovuChecks
{
    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("Novu", token => AskAsync(host, token), "Start Novu, and see that NOVU_BACKEND_URL names it."),
    ];

    private static async Task<CheckResult> AskAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (NovuOptions.From(host.Settings) is not { } options)
        {
            return CheckResult.Problem("it is switched off: nobody gets a mail, also no invitation",
                "Set NOVU_ENABLED=true and NOVU_API_KEY, and restart the worker.");
        }

        string[] workflows =
            [options.WelcomeTemplate, options.ProvisioningFailedTemplate, options.LeadVerificationTemplate];
        foreach (string workflow in workflows)
        {
            if (await ProblemAsync(host.Outside<INovuApi>(), workflow, cancellationToken) is { } problem)
            {
                return problem;
            }
        }

        return CheckResult.Ok($"{options.BackendUrl.Authority} answers, and has {string.Join(", ", workflows)}");
    }

    private static async Task<CheckResult?> ProblemAsync(
        INovuApi novu, string workflow, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await novu.GetWorkflowAsync(workflow, cancellationToken)).Data;
            return found.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
                && status.GetString() != "ACTIVE"
                    ? CheckResult.Problem($"the workflow {workflow} is {status}: its mails are accepted and not sent",
                        "Switch it on in Novu.")
                    : null;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return CheckResult.Problem($"the workflow {workflow} is missing", "Run `Worker setup` (or ./dev setup).");
        }
        catch (OutsideSystemException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return CheckResult.Problem("Novu refuses the key", "Correct NOVU_API_KEY, and restart the worker.");
        }
    }
}
