using System.CommandLine;
using Worker.Commands.Setup;

namespace Worker.Commands;

/// <summary>Creates the objects that an installation needs once, system by system. Repeatable.</summary>
internal static class SetupCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("setup",
            """
            Create the objects that an installation needs once: the operators' realm with its clients, roles and first
            operator, the service accounts of worker and applications, the Temporal namespace, the sweep's schedule,
            Novu's workflows, the public half of the sealing key. Existing objects stay unchanged; an object of another
            installation is an error. Run `migrate` first. Repeatable.

            Example: Worker setup --operator-password-file operator-password --worker-secret-file worker-secret
            """);
        foreach (var option in context.Systems.SelectMany(system => system.SetupOptions))
        {
            command.Options.Add(option);
        }

        command.SetAction((arguments, cancellationToken) => RunAsync(context, arguments, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        foreach (var system in context.Systems.Where(system => system.IsBuilt))
        {
            if (system.GetDisabledReason(host.Settings) is null)
            {
                await system.SetUpAsync(new SetupContext(host, arguments), cancellationToken);
            }
            else
            {
                host.Output.WriteLine($"{system.Name}: switched off");
            }
        }

        return 0;
    }
}
