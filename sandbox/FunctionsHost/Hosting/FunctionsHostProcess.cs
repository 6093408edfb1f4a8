using FunctionsHost.Configuration;

namespace FunctionsHost.Hosting;

/// <summary>Runs the host as a process, as <c>func start</c>: settings, output, and the end by a signal.</summary>
internal static class FunctionsHostProcess
{
    private const int DefaultPort = 7071;
    private const string EnvironmentSetting = "AZURE_FUNCTIONS_ENVIRONMENT";

    public static async Task<int> RunAsync(
        string appFolder, int? port, bool enableAuth, CancellationToken cancellationToken)
    {
        var output = new HostOutput(Console.Out, HostOutput.IsColoured);
        try
        {
            var local = LocalSettings.LoadAbove(Environment.CurrentDirectory);
            await using var host = await FunctionsHostServer.StartAsync(
                new FunctionsHostOptions
                {
                    AppFolder = appFolder,
                    Port = port ?? local.HttpPort ?? DefaultPort,
                    Settings = SettingsOf(local, output),
                    EnableAuth = enableAuth,
                    EnvironmentName = "Development",
                    LoggerProvider = new HostOutputLoggerProvider(output, TimeProvider.System),
                },
                cancellationToken);
            output.WriteFunctions(host);
            await host.Stopped.WaitAsync(cancellationToken);
            return 1;
        }
        catch (FunctionsHostException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: the normal end.
            return 0;
        }
    }

    // The environment is inherited; a setting that it holds is left out. Core Tools do not read their own setting.
    private static Dictionary<string, string> SettingsOf(LocalSettings local, HostOutput output)
    {
        var settings = new Dictionary<string, string>();
        foreach (var (name, value) in local.Values)
        {
            if (name == EnvironmentSetting)
                output.WriteWarning($"{name} of {LocalSettings.FileName} is skipped: func start sets it.");
            else if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
                settings[name] = value;
            else
                output.WriteWarning($"{name} of {LocalSettings.FileName} is skipped: the environment sets it.");
        }

        return settings;
    }
}
