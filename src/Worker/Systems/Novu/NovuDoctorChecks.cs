using System.Net;
using System.Text.Json;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Novu;

internal static class NovuDoctorChecks
{
    public static IReadOnlyList<DoctorCheck> For(CommandHost host) =>
    [
        new("Novu", token => WorkflowsAsync(host, token), "Start Novu and check NOVU_BACKEND_URL."),
    ];

    private static async Task<DoctorResult> WorkflowsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (NovuOptions.From(host.Settings) is not { } options)
        {
            return DoctorResult.Problem("it is switched off: no mails are sent, including invitations",
                "Set NOVU_ENABLED=true and NOVU_API_KEY, and restart the worker.");
        }

        string[] workflows =
            [options.WelcomeTemplate, options.ProvisioningFailedTemplate, options.LeadVerificationTemplate];
        foreach (string workflow in workflows)
        {
            if (await FindProblemAsync(host.GetService<INovuApi>(), workflow, cancellationToken) is { } problem)
            {
                return problem;
            }
        }

        return DoctorResult.Ok($"{options.BackendUrl.Authority} answers and has {string.Join(", ", workflows)}");
    }

    private static async Task<DoctorResult?> FindProblemAsync(
        INovuApi novu, string workflow, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await novu.GetWorkflowAsync(workflow, cancellationToken)).Data;
            return found.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
                && status.GetString() != "ACTIVE"
                    ? DoctorResult.Problem($"the workflow {workflow} is {status}: its mails are accepted but not sent",
                        "Activate it in Novu.")
                    : null;
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return DoctorResult.Problem($"the workflow {workflow} is missing", "Run `Worker setup` (or ./dev setup).");
        }
        catch (OutsideSystemException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return DoctorResult.Problem("Novu refuses the key", "Correct NOVU_API_KEY, and restart the worker.");
        }
    }
}
