using System.CommandLine;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Commands.Verify;
using Worker.Saga;
using Worker.Systems.Terraform;

namespace Worker.Commands;

/// <summary>Brings the infrastructure of a live tenant up to date, by the same code as its step.</summary>
internal static class InfrastructureCommand
{
    public static Command Create(CommandContext context)
    {
        var key = new Argument<string>("KEY") { Description = "The tenant's key, such as newcompany." };
        var apply = new Option<bool>("--apply") { Description = "Apply the plan; without it the plan is only shown." };
        var mayDestroy = new Option<bool>("--allow-destroy")
        {
            Description = "Apply also a plan that destroys or replaces resources of the live tenant.",
        };
        var command = new Command("infrastructure",
            """
            Show how the infrastructure of an ACTIVE tenant differs from the module of its tier; with --apply, change
            it. Exit code 0: it is up to date.

            Example: Worker infrastructure newcompany
            Example: Worker infrastructure newcompany --apply
            """)
        {
            key, apply, mayDestroy,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetRequiredValue(key), parsed.GetValue(apply), parsed.GetValue(mayDestroy),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string text, bool apply, bool mayDestroy, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var key = TenantKey.ParseExisting(text);
        var facts = await TenantFacts.ReadAsync(host.Database, key, cancellationToken)
            ?? throw new CommandException($"There is no tenant '{key}'. GET /tenants lists all tenants.");
        if (facts.Status != "ACTIVE")
        {
            throw new CommandException($"It is {facts.Status}; only an ACTIVE tenant's infrastructure is changed.");
        }

        var input = new ProvisionTenantInput(facts.Id, facts.Attempt);
        var tenant = await host.GetService<ProvisionedTenants>().LoadAsync(input, cancellationToken);
        string tier = await host.GetService<AttemptTiers>().ReadAsync(input, cancellationToken);
        var infrastructure = host.GetService<TenantInfrastructure>();
        var report = host.CreateReport();
        var plan = await infrastructure.PlanAsync(tenant, tier, cancellationToken)
            ?? throw new CommandException("It has no infrastructure: the step was SKIPPED in its attempt.");
        if (!plan.HasChanges)
        {
            report.Success(key.Value, "a plan changes nothing");
            return 0;
        }

        report.Neutral(key.Value, $"a plan changes {plan.Changes} resources");
        foreach (string address in plan.Destroyed.Order(StringComparer.Ordinal))
        {
            report.Neutral(key.Value, $"it destroys or replaces {address}");
        }

        if (!apply)
        {
            return 1;
        }

        await infrastructure.ApplyAsync(
            tenant, tier, mayDestroy, () => RequireUnchangedAsync(host, key, facts, cancellationToken),
            progress =>
            {
                report.Neutral(key.Value, progress);
                return Task.CompletedTask;
            }, cancellationToken);
        report.Success(key.Value, "it is up to date");
        return 0;
    }

    private static async Task RequireUnchangedAsync(
        CommandHost host, TenantKey key, TenantFacts facts, CancellationToken cancellationToken)
    {
        var now = await TenantFacts.ReadAsync(host.Database, key, cancellationToken);
        if ((now?.Status, now?.Attempt) != (facts.Status, facts.Attempt))
        {
            throw new CommandException("The tenant has changed meanwhile. Nothing was changed.");
        }
    }
}
