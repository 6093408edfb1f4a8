using System.CommandLine;
using Worker.Systems.Keycloak;
using Worker.Systems.Keycloak.Login;

namespace Worker.Commands;

/// <summary>An operator's token, for the Authorization header of the operator's routes.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var user = new Option<string>("--user")
        {
            Description = "The operator's name.",
            DefaultValueFactory = _ => PlatformRealm.FirstOperator,
        };
        var file = new Option<FileInfo>("--password-file")
        {
            Description = "Holds the password. A temporary one is changed for a new one, which is written there.",
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
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(user), parsed.GetRequiredValue(file).FullName, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string user, string file, CancellationToken cancellationToken)
    {
        await using var host = new CommandHost([]);
        using var http = LoginHttp.Create();
        string issuer = PlatformRealm.Issuer(host.Settings);
        // A changed password is written beside the old one before it is sent, so that neither is ever lost.
        string next = $"{file}.changed";
        string? last = await PrivateFile.ReadAsync(file, cancellationToken);
        string? changed = await PrivateFile.ReadAsync(next, cancellationToken);
        string password = changed ?? last
            ?? throw new CommandException($"{file} holds no password. `setup` writes the first operator's there.");
        string token;
        try
        {
            token = await LoginAsync(password);
        }
        catch (CommandException) when (changed is not null && last is not null)
        {
            token = await LoginAsync(last);
        }

        if (File.Exists(next))
        {
            File.Move(next, file, overwrite: true);
        }

        Console.WriteLine(token);
        return 0;

        Task<string> LoginAsync(string with) =>
            new AuthorizationCodeLogin(http, issuer, PlatformRealm.CommandLineClient, PlatformRealm.Redirect)
                .LoginAsync(user, with, ReplaceAsync, cancellationToken);

        async Task<string> ReplaceAsync()
        {
            string replacement = Passwords.New();
            await PrivateFile.WriteAsync(next, replacement, cancellationToken);
            return replacement;
        }
    }
}
