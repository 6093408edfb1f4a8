using System.CommandLine;
using System.Net.Sockets;
using Amazon.Runtime;
using ControlPlane;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using ControlPlane.Temporal;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Refit;
using Temporalio.Exceptions;
using Worker.Hosting;
using Worker.Systems;
using Worker.Systems.Postgres;
using Worker.Systems.Terraform;

namespace Worker.Commands;

/// <summary>
/// The worker's command line. Without a command it runs the worker. Exit codes: 0 success, 1 failure or a failed check,
/// 2 wrong usage or a wrong setting, 130 interrupted.
/// </summary>
public static class CommandLine
{
    private const int Failed = 1;
    private const int UsageError = 2;
    private const int Interrupted = 130;

    /// <param name="args">The command and its arguments.</param>
    /// <param name="context">The outside systems, the output and the source of settings.</param>
    public static async Task<int> RunAsync(string[] args, CommandContext context)
    {
        var parsed = Create(context).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync();
            return UsageError;
        }

        bool isWorkerRun = parsed.CommandResult.Command.Name is "run" or "Worker";
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        if (isWorkerRun)
        {
            // The host handles Ctrl-C and lets running activities end.
            configuration.ProcessTerminationTimeout = null;
        }

        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (SettingException e)
        {
            return PrintError(e.Message, UsageError);
        }
        catch (OperationCanceledException e) when (!isWorkerRun && e.InnerException is not TimeoutException)
        {
            return PrintError("Interrupted.", Interrupted);
        }
        catch (Exception e) when (!isWorkerRun && Explain(e) is { } explanation)
        {
            return PrintError(explanation, Failed);
        }
    }

    /// <summary>Describes a failure in one line for an operator.</summary>
    /// <returns>Null for an unexpected exception, which needs its stack trace.</returns>
    internal static string? Explain(Exception e) => e switch
    {
        CommandException or ControlPlaneException or OutsideSystemException or SettingException or TerraformException =>
            e.Message,
        // Its message was already written for people, by Failures.Translate.
        ApplicationFailureException => e.Message,
        ApiRequestException { InnerException: { } inner } => Explain(inner),
        HttpRequestException => $"No connection: {e.Message}",
        TaskCanceledException { InnerException: TimeoutException } =>
            $"An outside system did not answer in time: {e.Message}",
        TenantDatabaseException t => Explain(t.Error),
        PostgresException p => $"PostgreSQL refused ({p.SqlState}): {p.MessageText}",
        NpgsqlException { InnerException: SocketException } =>
            $"PostgreSQL is not reachable: {e.InnerException.Message}. Is DATABASE_URL right?",
        NpgsqlException { InnerException: EntraTokenException token } =>
            $"PostgreSQL: no token of Microsoft Entra. {token.Message}",
        NpgsqlException => $"PostgreSQL: {e.Message}",
        AmazonServiceException { StatusCode: not 0 } a =>
            $"S3 refused ({(int)a.StatusCode} {a.ErrorCode}): {a.Message}",
        AmazonServiceException or AmazonClientException => $"S3 is not reachable: {e.Message}",
        RpcException => $"Temporal refused: {e.Message}",
        InvalidOperationException i when TemporalErrors.IsUnreachable(i) =>
            "Temporal is not reachable. Is it running, and is TEMPORAL_ADDRESS right?",
        TimeoutException or IOException or UnauthorizedAccessException or TaskCanceledException => e.Message,
        _ => null,
    };

    private static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand(
            """
            Provisions tenants. Without a command, run the worker.

            Settings come from the environment (docs/settings.md lists them).
            Example: DOTNET_ENVIRONMENT=Development TEMPORAL_ADDRESS=localhost:7233 DATABASE_URL=... Worker run
            """)
        {
            AuditCommand.Create(context),
            DoctorCommand.Create(context),
            InfrastructureCommand.Create(context),
            KeysCommand.Create(context),
            MigrateCommand.Create(context),
            OrphansCommand.Create(context),
            RepairCommand.Create(context),
            ResidueCommand.Create(context),
            RotateCommand.Create(context),
            Run(context),
            SetupCommand.Create(context),
            TokenCommand.Create(context),
            VerifyCommand.Create(context),
        };
        root.SetAction((_, cancellationToken) => RunWorkerAsync(context, cancellationToken));
        return root;
    }

    private static Command Run(CommandContext context)
    {
        var run = new Command("run", "Run the worker until it is stopped. Example: Worker run");
        run.SetAction((_, cancellationToken) => RunWorkerAsync(context, cancellationToken));
        return run;
    }

    private static async Task<int> RunWorkerAsync(
        CommandContext context, CancellationToken cancellationToken)
    {
        using var host = WorkerHost.CreateBuilder(context.Host, context.Systems).AddWorker(context.Systems).Build();
        await host.RunAsync(cancellationToken);
        return 0;
    }

    private static int PrintError(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
