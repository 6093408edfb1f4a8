using System.CommandLine;
using Sandbox.Demo;

namespace Sandbox.Hosting;

/// <summary>The root command of the sandbox's command line.</summary>
internal static class SandboxCommand
{
    private const string Description = """
        Plays the outside systems of the control plane by their real protocols, on 127.0.0.1 unless --listen says
        otherwise: Keycloak, S3, Novu and Temporal. For development and tests; never for production.

        Examples:
          Sandbox                                        the quick start's ports, state in memory
          Sandbox --data .sandbox/state                  state on disk: it survives kill -9
          Sandbox --s3-port 0 --ready-file ready.json    a free port for S3; the addresses as JSON in a file
          Sandbox --no-keycloak --no-temporal            S3 and Novu only
          Sandbox --s3-flavour minio                     S3 that behaves like MinIO
          Sandbox --keycloak-upstream http://127.0.0.1:8180    faults in front of a real Keycloak
          Sandbox --postgres-upstream 127.0.0.1:5432 --postgres-port 6432    faults in front of PostgreSQL
          Sandbox --s3-account a:b:000000000001 --s3-account c:d:000000000002    two owners of buckets

        When all parts listen, one line of JSON with their addresses is written to the standard output. Ctrl-C stops
        the sandbox. Open the addresses in a browser to see realms, buckets and mails.

        Faults and journal are at /_sandbox/faults and /_sandbox/journal of each address of Keycloak, S3 and Novu, also
        in front of a real server. For instance:
          curl http://127.0.0.1:9000/_sandbox/faults -d '{"system":"s3","method":"PUT","kind":"loseAnswer"}'

        Names in [brackets] are environment variables for the same options; set secrets only there.
        """;

    public static RootCommand Create()
    {
        var options = new SandboxCommandOptions();
        var command = new RootCommand(Description) { DemoCommand.Create() };
        foreach (var option in options.All)
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) =>
            SandboxProcess.RunAsync(options.Bind(parsed), parsed.GetValue(options.ReadyFile), cancellationToken));
        return command;
    }
}
