using System.CommandLine;
using System.Globalization;
using Worker.Sweeps;
using Worker.Systems;

namespace Worker.Commands;

/// <summary>Lists the orphans that the sweep found, and deletes one at the operator's request.</summary>
internal static class OrphansCommand
{
    public static Command Create(IReadOnlyList<OutsideSystem> systems)
    {
        var command = new Command("orphans",
            """
            List the orphans that the last sweep found: objects with this installation's mark whose attempt the
            database does not know. They remain after the restore of an older database, or belong to another control
            plane with the same INSTALLATION_ID. Only `delete` deletes an orphan.

            Example: Worker orphans
            """)
        {
            Delete(systems),
        };
        command.SetAction((_, cancellationToken) => ListAsync(systems, cancellationToken));
        return command;
    }

    private static Command Delete(IReadOnlyList<OutsideSystem> systems)
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
            DeleteAsync(systems, parsed.GetRequiredValue(type), parsed.GetRequiredValue(name), cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(
        IReadOnlyList<OutsideSystem> systems, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(systems);
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
        IReadOnlyList<OutsideSystem> systems, string type, string name, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(systems);
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
