using System.CommandLine;
using System.Globalization;
using Worker.Sweeps;

namespace Worker.Commands;

/// <summary>Lists the orphans that the sweep found, and deletes one at the operator's request.</summary>
internal static class OrphansCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("orphans",
            """
            List the orphans that the last sweep found: objects with this installation's mark whose attempt the
            database does not know. They remain after the restore of an older database, or belong to another control
            plane with the same INSTALLATION_ID. Only `delete` deletes an orphan.

            Example: Worker orphans
            """)
        {
            Delete(context),
        };
        command.SetAction((_, cancellationToken) => ListAsync(context, cancellationToken));
        return command;
    }

    private static Command Delete(CommandContext context)
    {
        var type = new Argument<string>("TYPE") { Description = "As listed, such as keycloak_realm." };
        var name = new Argument<string>("NAME") { Description = "As listed." };
        var command = new Command("delete",
            """
            Delete a listed orphan with all its contents. This cannot be undone.

            Example: Worker orphans delete storage_bucket tenant-newcompany-files
            """)
        {
            type, name,
        };
        command.SetAction((parsed, cancellationToken) =>
            DeleteAsync(context, parsed.GetRequiredValue(type), parsed.GetRequiredValue(name), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(
        CommandContext context, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var orphans = await host.GetService<OrphanRecords>().ListAsync(cancellationToken);
        foreach (var orphan in orphans)
        {
            host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{orphan.Type} {orphan.Name}  found {orphan.FoundAt:u}: {orphan.Reason}"));
        }

        host.Output.WriteLine(orphans.Count == 0 ? "There are no orphans." : $"{orphans.Count} orphans.");
        return 0;
    }

    private static async Task<int> DeleteAsync(
        CommandContext context, string type, string name, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var listed = (await host.GetService<OrphanRecords>().ListAsync(cancellationToken))
            .Where(orphan => orphan.Type == type && orphan.Name == name)
            .ToList();
        if (listed is not [var orphan])
        {
            throw new CommandException(listed.Count == 0
                ? $"No orphan {type} {name} is listed; `Worker orphans` lists all."
                : $"{listed.Count} orphans are listed as {type} {name}; wait for the next sweep.");
        }

        bool wasThere = await host.GetService<OrphanSweeper>().DeleteOnOperatorRequestAsync(orphan, cancellationToken);
        host.Output.WriteLine(wasThere ? $"Deleted {type} {name}." : $"{type} {name} was gone already.");
        return 0;
    }
}
