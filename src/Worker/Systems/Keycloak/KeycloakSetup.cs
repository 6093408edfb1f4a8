using System.CommandLine;
using System.Net;
using Worker.Commands;
using Worker.Commands.Setup;

namespace Worker.Systems.Keycloak;

/// <summary>Creates the worker's service account, the operators' realm and the first operator.</summary>
internal sealed class KeycloakSetup(SetupContext setup)
{
    private const int MaxRetries = 3;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly Option<string> OperatorEmail = new("--operator-email")
    {
        Description = "Mail address of the first operator.",
        DefaultValueFactory = _ => "operator@example.com",
    };

    private static readonly Option<bool> ResetOperator = new("--reset-operator")
    {
        Description = "Set a new temporary password for the first operator.",
    };

    private static readonly Option<FileInfo?> OperatorPasswordFile = new("--operator-password-file")
    {
        Description = "The file to write the first operator's temporary password to, accessible only to you.",
    };

    private static readonly Option<FileInfo?> WorkerSecretFile = new("--worker-secret-file")
    {
        Description = "The file to write the secret of the worker's service account to, accessible only to you "
            + $"({WorkerAccount.NameSetting}, by default {WorkerAccount.DefaultName}).",
    };

    private static readonly Option<FileInfo?> ApplicationSecretFile = new("--application-secret-file")
    {
        Description = "The file to write the secret of the applications' service account to, accessible only to you "
            + $"({PlatformRealm.ApplicationClient}, in the operators' realm).",
    };

    private static readonly Option<bool> WithoutRealm = new("--without-realm")
    {
        Description = "Create no realm for operators, since another issuer (OPERATOR_ISSUER) has them.",
    };

    private readonly CommandHost host = setup.Host;

    public static IReadOnlyList<Option> Options { get; } =
        [OperatorEmail, ResetOperator, OperatorPasswordFile, WorkerSecretFile, ApplicationSecretFile, WithoutRealm];

    // With cold caches Keycloak sometimes answers 500, for instance to a role grant, and it is slow on a busy machine.
    // Everything here is repeatable. It is retried here, because Temporal does not retry commands.
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int left = MaxRetries; ; left--)
        {
            try
            {
                await RunOnceAsync(cancellationToken);
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

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var keycloak = host.GetService<KeycloakAdmin>();
        string account = WorkerAccount.Name(host.Settings);
        string realm = host.GetService<KeycloakOptions>().Realm;
        var (secret, isNew) = await new WorkerAccount(keycloak, realm, account, host.InstallationId)
            .EnsureAsync(cancellationToken);
        if (setup.Arguments.GetValue(WorkerSecretFile)?.FullName is { } secretFile)
        {
            await PrivateFile.WriteAsync(secretFile, secret, cancellationToken);
        }

        setup.PrintCreated("worker's account", isNew ? [$"client {account} with the role create-realm"] : []);
        if (setup.Arguments.GetValue(WithoutRealm))
        {
            return;
        }

        var platform = new PlatformRealm(keycloak, host.Settings, host.InstallationId);
        setup.PrintCreated("operators", await platform.EnsureAsync(cancellationToken));
        var (applicationSecret, created) = await platform.EnsureApplicationAsync(cancellationToken);
        if (setup.Arguments.GetValue(ApplicationSecretFile)?.FullName is { } applicationFile)
        {
            await PrivateFile.WriteAsync(applicationFile, applicationSecret, cancellationToken);
        }

        setup.PrintCreated("applications", created);
        string? file = setup.Arguments.GetValue(OperatorPasswordFile)?.FullName;
        // A password that was never stored is lost, so it is replaced.
        bool reset = setup.Arguments.GetValue(ResetOperator) || (file is not null && !File.Exists(file));
        if (await platform.EnsureOperatorAsync(
            setup.Arguments.GetRequiredValue(OperatorEmail), reset, cancellationToken) is { } password)
        {
            await DeliverPasswordAsync(password, file, cancellationToken);
        }
    }

    private async Task DeliverPasswordAsync(string password, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            // Printed, since it is stored nowhere. It must be changed at the first login.
            host.Output.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password {password}");
            return;
        }

        await PrivateFile.WriteAsync(file, password, cancellationToken);
        host.Output.WriteLine($"first operator: {PlatformRealm.FirstOperator}, temporary password in {file}");
    }
}
