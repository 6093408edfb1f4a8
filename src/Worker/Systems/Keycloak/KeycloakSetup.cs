using System.CommandLine;
using System.Net;
using Worker.Commands;
using Worker.Commands.Setup;

namespace Worker.Systems.Keycloak;

/// <summary>Makes the worker's service account, the operators' realm and the first operator.</summary>
internal sealed class KeycloakSetup(SetupRun setup)
{
    private const int Retries = 3;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly Option<string> OperatorEmail = new("--operator-email")
    {
        Description = "Address of the first operator.",
        DefaultValueFactory = _ => "operator@example.com",
    };

    private static readonly Option<bool> ResetOperator = new("--reset-operator")
    {
        Description = "Give the first operator a new temporary password.",
    };

    private static readonly Option<FileInfo?> OperatorPasswordFile = new("--operator-password-file")
    {
        Description = "Gets the first operator's temporary password; readable for you alone.",
    };

    private static readonly Option<FileInfo?> WorkerSecretFile = new("--worker-secret-file")
    {
        Description = "Gets the secret of the worker's service account "
            + $"({WorkerAccount.NameSetting}, by default {WorkerAccount.DefaultName}); readable for you alone.",
    };

    private static readonly Option<bool> WithoutRealm = new("--without-realm")
    {
        Description = "Operators come from another issuer (OPERATOR_ISSUER): make no realm for them.",
    };

    private readonly CommandHost host = setup.Host;

    public static IReadOnlyList<Option> Options { get; } =
        [OperatorEmail, ResetOperator, OperatorPasswordFile, WorkerSecretFile, WithoutRealm];

    // Keycloak sometimes answers 500 while its caches are cold, to a role grant for instance, and is slow on a busy
    // machine. Everything here is repeatable, so it is retried; no Temporal does it for a command.
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int left = Retries; ; left--)
        {
            try
            {
                await MakeAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (left > 0 && e is
                OutsideSystemException { Status: >= HttpStatusCode.InternalServerError }
                or TaskCanceledException { InnerException: TimeoutException })
            {
                await Task.Delay(RetryDelay, host.Time, cancellationToken);
            }
        }
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var keycloak = host.Outside<KeycloakAdmin>();
        string account = WorkerAccount.Name(host.Settings);
        var (secret, isNew) = await new WorkerAccount(
            keycloak, host.Outside<KeycloakOptions>().Realm, account, host.Installation).EnsureAsync(cancellationToken);
        if (setup.Arguments.GetValue(WorkerSecretFile)?.FullName is { } secretFile)
        {
            await PrivateFile.WriteAsync(secretFile, secret, cancellationToken);
        }

        setup.Tell("worker's account", isNew ? [$"client {account} with the role create-realm"] : []);
        if (setup.Arguments.GetValue(WithoutRealm))
        {
            return;
        }

        var platform = new PlatformRealm(keycloak, host.Settings, host.Installation);
        setup.Tell("operators", await platform.EnsureAsync(cancellationToken));
        string? file = setup.Arguments.GetValue(OperatorPasswordFile)?.FullName;
        // A password that was stored nowhere is of no use: replace it.
        bool reset = setup.Arguments.GetValue(ResetOperator) || (file is not null && !File.Exists(file));
        if (await platform.EnsureOperatorAsync(
            setup.Arguments.GetRequiredValue(OperatorEmail), reset, cancellationToken) is { } password)
        {
            await TellPasswordAsync(password, file, cancellationToken);
        }
    }

    private async Task TellPasswordAsync(string password, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            // The only place for it; it must be changed at the first login.
            host.Output.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password {password}");
            return;
        }

        await PrivateFile.WriteAsync(file, password, cancellationToken);
        host.Output.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password in {file}");
    }
}
