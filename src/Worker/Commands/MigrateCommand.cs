using System.CommandLine;
using Worker.Commands.Migrate;

namespace Worker.Commands;

/// <summary>Migrates the control database and grants the functions' role its rights.</summary>
internal static class MigrateCommand
{
    public static Command Create(CommandContext context)
    {
        var role = new Option<string?>("--functions-role")
        {
            Description = "Role of the functions, which then has exactly the rights that their statements need.",
        };
        var command = new Command("migrate",
            """
            Migrate the control database (DATABASE_URL). Repeatable, also by several processes at once.

            Example: Worker migrate --functions-role control_plane_functions
            """)
        {
            role,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(context, parsed.GetValue(role), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string? functionsRole, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        var migrator = new Migrator(host.Database);
        var applied = await migrator.MigrateAsync(cancellationToken);
        foreach (string file in applied)
        {
            host.Output.WriteLine($"applied {file}");
        }

        if (functionsRole is not null)
        {
            await migrator.GrantRowsToAsync(functionsRole, cancellationToken);
        }

        host.Output.WriteLine(applied.Count == 0 ? "The tables are up to date." : $"{applied.Count} files applied.");
        return 0;
    }
}
