using System.CommandLine;
using Sandbox.Demo;

namespace Sandbox.Hosting;

/// <summary>The command line.</summary>
internal static class SandboxCommand
{
    private const string Description = """
        Plays the systems around the control plane by their real protocols, on 127.0.0.1 only:
        Keycloak, S3, Novu and Temporal. For development and tests; never for production.

        Examples:
          Sandbox                                        on the quick start's ports, state in memory
          Sandbox --data .sandbox/state                  state on disk: it survives kill -9
          Sandbox --s3-port 0 --ready-file ready.json    a free port for S3; the addresses as JSON in a file
          Sandbox --no-keycloak --no-temporal            S3 and Novu alone
          Sandbox --s3-flavour minio                     S3 as MinIO would answer
          Sandbox --keycloak-upstream http://127.0.0.1:8180    faults before a real Keycloak
          Sandbox --postgres-upstream 127.0.0.1:5432 --postgres-port 6432    and before PostgreSQL
          Sandbox --s3-account a:b:000000000001 --s3-account c:d:000000000002    two owners of buckets

        When everything listens, one line of JSON with all addresses goes to the standard output. Ctrl-C ends it.
        Open the addresses in a browser to see realms, buckets and mails. Faults and journal: /_sandbox/faults and
        /_sandbox/journal at the addresses of Keycloak, S3 and Novu (before a real server too), for instance
          curl http://127.0.0.1:9000/_sandbox/faults -d '{"system":"s3","method":"PUT","kind":"loseAnswer"}'

        Names in [brackets] are environment variables that say the same; secrets belong there.
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
