using System.CommandLine;
using Worker.Systems.Keycloak;
using Worker.Systems.Keycloak.Login;

namespace Worker.Commands;

/// <summary>Prints an operator's token, for the Authorization header of the operators' routes.</summary>
internal static class TokenCommand
{
    public static Command Create(CommandContext context)
    {
        var user = new Option<string>("--user")
        {
            Description = "The operator's user name.",
            DefaultValueFactory = _ => PlatformRealm.FirstOperator,
        };
        var file = new Option<FileInfo>("--password-file")
        {
            Description = "A file with the password. A temporary password is replaced, and the new one written there.",
            Required = true,
        };
        var command = new Command("token",
            """
            Log in as an operator and print the access token.

            Example: curl -H "Authorization: Bearer $(Worker token --password-file operator-password)" $URL/tenants
            """)
        {
            user, file,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            context, parsed.GetRequiredValue(user), parsed.GetRequiredValue(file).FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, string user, string file, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost(context);
        using var http = LoginHttp.Create();
        string issuer = PlatformRealm.Issuer(host.Settings);
        // The new password is stored in a second file before it is sent, so that neither password is ever lost.
        string changedFile = $"{file}.changed";
        string? current = await PrivateFile.ReadAsync(file, cancellationToken);
        string? changed = await PrivateFile.ReadAsync(changedFile, cancellationToken);
        string password = changed ?? current
            ?? throw new CommandException(
                $"{file} contains no password. `setup` writes the first operator's password there.");
        string token;
        try
        {
            token = await LoginAsync(password);
        }
        catch (CommandException) when (changed is not null && current is not null)
        {
            token = await LoginAsync(current);
        }

        if (File.Exists(changedFile))
        {
            File.Move(changedFile, file, overwrite: true);
        }

        host.Output.WriteLine(token);
        return 0;

        Task<string> LoginAsync(string candidate) =>
            new AuthorizationCodeLogin(http, issuer, PlatformRealm.CommandLineClient, PlatformRealm.Redirect)
                .LoginAsync(user, candidate, ChangePasswordAsync, cancellationToken);

        async Task<string> ChangePasswordAsync()
        {
            string replacement = Passwords.Generate();
            await PrivateFile.WriteAsync(changedFile, replacement, cancellationToken);
            return replacement;
        }
    }
}
