using System.Text.Json;

namespace Sandbox.Hosting;

/// <summary>Runs the sandbox as a process: starts it, announces its addresses, and waits for a signal.</summary>
internal static class SandboxProcess
{
    public static async Task<int> RunAsync(
        SandboxOptions options, string? readyFile, CancellationToken cancellationToken)
    {
        try
        {
            await using var sandbox = await SandboxHost.StartAsync(options, cancellationToken);
            Announce(Addresses(sandbox), readyFile);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        catch (SandboxException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: the normal end.
        }
        finally
        {
            if (readyFile is not null)
                File.Delete(readyFile);
        }

        return 0;
    }

    private static string Addresses(SandboxHost sandbox) => JsonSerializer.Serialize(new
    {
        ready = true,
        pid = Environment.ProcessId,
        keycloak = sandbox.Keycloak?.OriginalString,
        s3 = sandbox.S3?.OriginalString,
        novu = sandbox.Novu?.OriginalString,
        postgres = sandbox.Postgres,
        temporal = sandbox.Temporal,
        data = sandbox.Options.DataDirectory,
    });

    private static void Announce(string addresses, string? readyFile)
    {
        Console.WriteLine(addresses);
        if (readyFile is null)
            return;
        // The rename is atomic, so that a process that waits for the file never reads an incomplete one.
        File.WriteAllText(readyFile + ".new", addresses);
        File.Move(readyFile + ".new", readyFile, overwrite: true);
    }
}
