using System.CommandLine;
using System.Globalization;
using Worker.Sweeps;
using Worker.Systems;

namespace Worker.Commands;

/// <summary>What the sweep found and may not delete by itself; the operator looks at it and says so.</summary>
internal static class OrphansCommand
{
    public static Command Create(IReadOnlyList<OutsideSystem> systems)
    {
        var command = new Command("orphans",
            """
            List what carries this installation's mark but belongs to no attempt that the database knows, as the last
            sweep found it: after an older database was restored, or made by another control plane with the same
            INSTALLATION_ID. Nothing of it is ever deleted but by `delete`.

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
            Delete one that is listed, with all that it holds. There is no way back.

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
        var orphans = await host.Outside<OrphanRecords>().ListAsync(cancellationToken);
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
        var listed = (await host.Outside<OrphanRecords>().ListAsync(cancellationToken))
            .Where(orphan => orphan.Type == type && orphan.Name == name)
            .ToList();
        if (listed is not [var orphan])
        {
            throw new CommandException(listed.Count == 0
                ? $"No orphan {type} {name} is listed: see `Worker orphans`."
                : $"{listed.Count} orphans are listed as {type} {name}: wait for the next sweep.");
        }

        bool wasThere = await host.Outside<OrphanSweeper>().DeleteOnOperatorRequestAsync(orphan, cancellationToken);
        host.Output.WriteLine(wasThere ? $"Deleted {type} {name}." : $"{type} {name} was gone already.");
        return 0;
    }
}
