using System.CommandLine;
using ControlPlane.Readings;
using ControlPlane.Tenants;
using Worker.Commands.Verify;
using Worker.Readings;
using Worker.Saga;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Commands;

/// <summary>Lists the objects of a tenant in every outside system, with their owners.</summary>
internal static class ResidueCommand
{
    public static Command Create(CommandContext context)
    {
        var key = new Argument<string>("KEY") { Description = "The tenant's key, such as newcompany." };
        var command = new Command("residue",
            """
            List a tenant's objects in every outside system, with their owners. Read-only. Exit code 0: every system
            was read, and there is nothing besides the objects of a live tenant.

            Example: Worker residue newcompany
            """)
        {
            key,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetRequiredValue(key), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string text, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var key = TenantKey.ParseExisting(text);
        var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
            ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists all tenants.");
        var tenant = await host.GetService<ProvisionedTenants>().LoadCurrentAsync(facts.Id, cancellationToken);

        var report = host.CreateReport();
        report.Heading($"Tenant {key} ({facts.Name}, {facts.Id:D}), {facts.Status}, attempt {facts.Attempt}");
        bool isClean = true;
        foreach (var system in context.Systems.Where(system => system.IsInReadings))
        {
            var reading = await ReadAsync(host, tenant, system, cancellationToken);
            isClean &= reading.IsCleanFor(tenant.Tenant);
            Show(report, reading, tenant.Tenant);
        }

        return isClean ? 0 : 1;
    }

    private static async Task<SystemReading> ReadAsync(
        CommandHost host, ProvisionedTenant tenant, OutsideSystem system, CancellationToken cancellationToken)
    {
        try
        {
            return await host.GetService<TenantReader>().ReadAsync(system, tenant, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && CommandLine.Explain(e) is { } explanation)
        {
            return new SystemReading(system.Id, SystemReading.Unreadable, explanation, null, []);
        }
    }

    private static void Show(Report report, SystemReading reading, Tenant tenant)
    {
        if (reading.State == SystemReading.NotBuilt)
        {
            report.Neutral(reading.System, "not built yet: nothing is known");
        }
        else if (reading.Problem is { } problem)
        {
            report.Unknown(reading.System, problem);
        }
        else if (reading.Found.Count == 0)
        {
            report.Success(reading.System, reading.State == SystemReading.Read ? "nothing is there" : "switched off");
        }

        foreach (var finding in reading.Found)
        {
            string subject = $"{finding.Type} {Masked.Text(finding.Name)}: ";
            switch (finding.StateFor(tenant))
            {
                case Finding.Live:
                    report.Success(reading.System, $"{subject}live, attempt {finding.Attempt}, {finding.Detail}");
                    break;
                case Finding.LeftOver:
                    report.Failure(
                        reading.System, $"{subject}left over from attempt {finding.Attempt}, {finding.Detail}");
                    break;
                default:
                    report.Neutral(reading.System, $"{subject}not ours, never touched. {finding.Detail}");
                    break;
            }
        }
    }
}
