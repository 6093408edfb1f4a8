using System.CommandLine;
using System.Net;
using ControlPlane.Temporal;
using Worker.Invitations;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.Novu;
using Worker.Systems.Temporal;

namespace Worker.Commands;

/// <summary>
/// Makes what an installation needs once. Repeatable: what is there stays, what is not ours is refused.
/// </summary>
internal static class SetupCommand
{
    private sealed record Choices(
        string OperatorEmail, bool ResetOperator, string? OperatorFile, string? SecretFile, bool WithoutRealm);

    public static Command Create()
    {
        var email = new Option<string>("--operator-email")
        {
            Description = "Address of the first operator.",
            DefaultValueFactory = _ => "operator@example.com",
        };
        var reset = new Option<bool>("--reset-operator")
        {
            Description = "Give the first operator a new temporary password.",
        };
        var operatorFile = new Option<FileInfo?>("--operator-password-file")
        {
            Description = "Gets the first operator's temporary password; readable for you alone.",
        };
        var secretFile = new Option<FileInfo?>("--worker-secret-file")
        {
            Description = "Gets the secret of the worker's service account; readable for you alone.",
        };
        var withoutRealm = new Option<bool>("--without-realm")
        {
            Description = "Operators come from another issuer (OPERATOR_ISSUER): make no realm for them.",
        };
        var command = new Command("setup",
            $"""
            Make what an installation needs once: the operators' realm with its clients, role and first operator, the
            worker's service account ({WorkerAccount.NameSetting}, by default {WorkerAccount.UsualName}), the Temporal
            namespace, the sweep's schedule, Novu's workflows, the public half of the sealing key. Run `migrate` first.
            Repeatable.

            Example: Worker setup --operator-password-file operator-password --worker-secret-file worker-secret
            """)
        {
            email, reset, operatorFile, secretFile, withoutRealm,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Choices(
                parsed.GetRequiredValue(email),
                parsed.GetValue(reset),
                parsed.GetValue(operatorFile)?.FullName,
                parsed.GetValue(secretFile)?.FullName,
                parsed.GetValue(withoutRealm)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Choices choices, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost();
        bool storedKey = await new SealingKey(host.Database, host.Settings, host.Time).EnsureAsync(cancellationToken);
        Tell("sealing key", storedKey ? ["public half stored"] : []);

        var temporal = await host.TemporalAsync();
        bool madeNamespace = await new TemporalNamespace(temporal, host.Time).EnsureAsync(cancellationToken);
        Tell("Temporal", madeNamespace ? [$"namespace {temporal.Options.Namespace}"] : []);

        var sweep = new SweepSchedule(temporal, TemporalOptions.From(host.Settings), SweepOptions.From(host.Settings));
        Tell("sweep", await sweep.EnsureAsync(cancellationToken) ? [$"schedule {SweepSchedule.Id}"] : []);

        if (NovuOptions.From(host.Settings) is { } novu)
        {
            var made = await new MailWorkflows(host.Outside<INovuApi>(), novu).EnsureAsync(cancellationToken);
            Tell("Novu", [.. made.Select(id => $"workflow {id}")]);
        }
        else
        {
            Console.WriteLine("Novu: switched off");
        }

        if (KeycloakOptions.From(host.Settings) is { } keycloak)
        {
            await RepeatedAsync(
                () => KeycloakAsync(host, keycloak, choices, cancellationToken), host.Time, cancellationToken);
        }
        else
        {
            Console.WriteLine("Keycloak: switched off");
        }

        return 0;
    }

    // Keycloak answers 500 now and then while its caches are cold, to a grant of a role for instance, and takes its
    // time on a busy machine. What is repeatable is repeated; here no Temporal does it.
    private static async Task RepeatedAsync(Func<Task> work, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int left = 3; ; left--)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception e) when (left > 0 && e is
                OutsideSystemException { Status: >= HttpStatusCode.InternalServerError }
                or TaskCanceledException { InnerException: TimeoutException })
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
            }
        }
    }

    private static async Task KeycloakAsync(
        CommandHost host, KeycloakOptions options, Choices choices, CancellationToken cancellationToken)
    {
        var keycloak = host.Outside<KeycloakAdmin>();
        string account = WorkerAccount.Name(host.Settings);
        var (secret, isNew) = await new WorkerAccount(keycloak, options.Realm, account, host.Installation)
            .EnsureAsync(cancellationToken);
        if (choices.SecretFile is { } secretFile)
        {
            await PrivateFile.WriteAsync(secretFile, secret, cancellationToken);
        }

        Tell("worker's account", isNew ? [$"client {account} with the role create-realm"] : []);
        if (choices.WithoutRealm)
        {
            return;
        }

        var platform = new PlatformRealm(keycloak, host.Settings, host.Installation);
        Tell("operators", await platform.EnsureAsync(cancellationToken));
        // A password that nobody has is as good as none.
        bool reset = choices.ResetOperator || (choices.OperatorFile is { } file && !File.Exists(file));
        if (await platform.EnsureOperatorAsync(choices.OperatorEmail, reset, cancellationToken) is { } password)
        {
            await TellPasswordAsync(password, choices.OperatorFile, cancellationToken);
        }
    }

    private static async Task TellPasswordAsync(string password, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            // There is no other place for it, and it must be changed at the first login.
            Console.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password {password}");
            return;
        }

        await PrivateFile.WriteAsync(file, password, cancellationToken);
        Console.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password in {file}");
    }

    private static void Tell(string part, IReadOnlyList<string> made) =>
        Console.WriteLine($"{part}: {(made.Count == 0 ? "there" : string.Join(", ", made))}");
}
