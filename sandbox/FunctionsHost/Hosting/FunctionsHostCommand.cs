using System.CommandLine;

namespace FunctionsHost.Hosting;

/// <summary>The root command of the command line.</summary>
internal static class FunctionsHostCommand
{
    private const string Description = """
        Plays the Azure Functions host v4 for one function app, as 'func start' runs it, on 127.0.0.1 only.
        For development and tests; never for production.

        Examples:
          FunctionsHost --app bin/output            the built app in this folder, on port 7071
          FunctionsHost --app bin/output --port 0   on a free port
          FunctionsHost --enableAuth                keys are required; there are none, so only anonymous functions run

        The app is the folder of its build (dotnet build), with host.json and worker.config.json; or a custom handler's
        folder, with host.json and one folder with a function.json per function. local.settings.json is searched from
        the current folder upwards, as 'func start' searches it. A variable that is already set wins over its value.

        Unlike 'func start', it builds nothing. Ctrl-C stops the host and its worker.
        """;

    public static RootCommand Create()
    {
        var app = new Option<DirectoryInfo>("--app")
        {
            Description = "Folder of the built app; default: the current folder.",
            DefaultValueFactory = _ => new DirectoryInfo("."),
        };
        var port = new Option<int?>("--port", "-p")
        {
            Description = "Port on 127.0.0.1; 0 selects a free one; default: Host.LocalHttpPort of " +
                "local.settings.json, else 7071.",
        };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > 65535)
                result.AddError("--port: expected a port, 0 to 65535.");
        });
        var enableAuth = new Option<bool>("--enableAuth") { Description = "Requires keys, as in production." };
        var command = new RootCommand(Description) { app, port, enableAuth };
        command.SetAction((parsed, cancellationToken) => FunctionsHostProcess.RunAsync(
            parsed.GetValue(app)!.FullName, parsed.GetValue(port), parsed.GetValue(enableAuth), cancellationToken));
        return command;
    }
}
