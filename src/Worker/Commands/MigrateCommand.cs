using System.CommandLine;
using Worker.Commands.Migrate;

namespace Worker.Commands;

/// <summary>Brings the control tables up to date and lets the functions' role read and write their rows.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var role = new Option<string?>("--functions-role")
        {
            Description = "Role of the functions: may read and write the rows of the control tables, and nothing else.",
        };
        var command = new Command("migrate",
            """
            Bring the control tables (DATABASE_URL) up to date. Repeatable, also by several at once.

            Example: Worker migrate --functions-role control_plane_functions
            """)
        {
            role,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(role), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? functionsRole, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost([]);
        var migrator = new Migrator(host.Database);
        var applied = await migrator.MigrateAsync(cancellationToken);
        foreach (string file in applied)
        {
            Console.WriteLine($"applied {file}");
        }

        if (functionsRole is not null)
        {
            await migrator.GrantRowsToAsync(functionsRole, cancellationToken);
        }

        Console.WriteLine(applied.Count == 0 ? "The tables are up to date." : $"{applied.Count} files applied.");
        return 0;
    }
}
