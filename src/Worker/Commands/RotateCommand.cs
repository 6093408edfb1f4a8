using System.CommandLine;
using ControlPlane.Tenants;
using Worker.Commands.Verify;
using Worker.Saga;
using Worker.Systems.Postgres;

namespace Worker.Commands;

/// <summary>Gives ACTIVE tenants a new database login.</summary>
internal static class RotateCommand
{
    public static Command Create(CommandContext context)
    {
        var key = new Argument<string?>("KEY")
        {
            Description = "The tenant's key, such as newcompany.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Every ACTIVE tenant." };
        var command = new Command("rotate",
            """
            Give an ACTIVE tenant a new database login and put its password into the store of tenant secrets. The former
            login stays valid until the next rotation: rotate again only when the application has read the connection
            since. A tenant without a login gets its first one.

            Example: Worker rotate newcompany
            Example: Worker rotate --all
            """)
        {
            key, all,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(key) is null != result.GetValue(all))
            {
                result.AddError("Either KEY or --all is expected.");
            }
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(context, parsed.GetValue(key), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string? text, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var report = host.CreateReport();
        bool allRotated = true;
        foreach (var key in await ActiveTenants.KeysAsync(host.Database, text, cancellationToken))
        {
            allRotated &= await RotateAsync(host, report, key, cancellationToken);
        }

        return allRotated ? 0 : 1;
    }

    // A tenant whose login cannot be rotated does not stop the others.
    private static async Task<bool> RotateAsync(
        CommandHost host, Report report, TenantKey key, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
                ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists all tenants.");
            var tenant = await host.GetService<ProvisionedTenants>().LoadCurrentAsync(facts.Id, cancellationToken);
            var login = await host.GetService<LoginRotation>().RotateAsync(tenant, cancellationToken);
            report.Success(key.Value, $"{login.User}, generation {login.Generation}");
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && CommandLine.Explain(e) is { } explanation)
        {
            report.Failure(key.Value, explanation);
            return false;
        }
    }
}
