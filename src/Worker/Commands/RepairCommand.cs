using System.CommandLine;
using ControlPlane.Tenants;
using Worker.Commands.Verify;
using Worker.Saga;
using Worker.Systems.Keycloak;

namespace Worker.Commands;

/// <summary>Brings the realms of live tenants up to date, by the same code as the step that creates them.</summary>
internal static class RepairCommand
{
    public static Command Create(CommandContext context)
    {
        var key = new Argument<string?>("KEY")
        {
            Description = "The tenant's key, such as newcompany.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Every ACTIVE tenant." };
        var apply = new Option<bool>("--apply") { Description = "Make the changes; without it they are only listed." };
        var isPasswordNew = new Option<bool>("--smtp-password")
        {
            Description = "Write the mail server again: TENANT_SMTP_PASSWORD has changed.",
        };
        var command = new Command("repair",
            """
            List how the realm of an ACTIVE tenant differs from the realm that this version makes; with --apply, change
            it. Exit code 0: every realm is up to date.

            Example: Worker repair newcompany
            Example: Worker repair --all --apply
            """)
        {
            key, all, apply, isPasswordNew,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(key) is null != result.GetValue(all))
            {
                result.AddError("Either KEY or --all is expected.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetValue(key), parsed.GetValue(apply), parsed.GetValue(isPasswordNew), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string? text, bool apply, bool isPasswordNew, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var report = host.CreateReport();
        bool isUpToDate = true;
        foreach (var key in await ActiveTenants.KeysAsync(host.Database, text, cancellationToken))
        {
            isUpToDate &= await RepairAsync(host, report, key, apply, isPasswordNew, cancellationToken);
        }

        return isUpToDate ? 0 : 1;
    }

    // A tenant that cannot be repaired does not stop the others.
    private static async Task<bool> RepairAsync(
        CommandHost host, Report report, TenantKey key, bool apply, bool isPasswordNew,
        CancellationToken cancellationToken)
    {
        try
        {
            var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
                ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists all tenants.");
            if (facts.Status != "ACTIVE")
            {
                throw new CommandException($"It is {facts.Status}; only an ACTIVE tenant is repaired.");
            }

            var tenant = await host.GetService<ProvisionedTenants>().LoadCurrentAsync(facts.Id, cancellationToken);
            string name = await host.GetService<TenantRealmFinder>().RequireAsync(tenant, cancellationToken);
            var realm = await host.GetService<KeycloakAdmin>().FindRealmAsync(name, cancellationToken)
                ?? throw new CommandException($"The realm {name} no longer exists.");
            var changes = await host.GetService<TenantRealmChanges>().FindAsync(
                tenant, realm, cancellationToken, isPasswordNew);
            foreach (var change in changes)
            {
                if (apply)
                {
                    await change.ApplyAsync(cancellationToken);
                }

                report.Neutral(key.Value, $"{(apply ? "changed" : "would change")} {change.Description}");
            }

            if (changes.Count == 0)
            {
                report.Success(key.Value, $"{name} is up to date");
            }

            return apply || changes.Count == 0;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && CommandLine.Explain(e) is { } explanation)
        {
            report.Failure(key.Value, explanation);
            return false;
        }
    }
}
