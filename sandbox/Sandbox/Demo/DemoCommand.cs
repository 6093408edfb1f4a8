using System.CommandLine;

namespace Sandbox.Demo;

/// <summary>
/// Plays the customer and the operator of the quick start, with plain HTTP calls to the functions and the mail that the
/// sandbox "sent". It depends on nothing of the control plane but its HTTP API.
/// </summary>
internal static class DemoCommand
{
    private const string TokenVariable = "DEMO_OPERATOR_TOKEN";

    public static Command Create()
    {
        var key = new Option<string>("--key")
        {
            Description = "The tenant's key.",
            DefaultValueFactory = _ => "newcompany",
        };
        var functions = Address("--functions", "Address of the control plane's functions.", "http://127.0.0.1:14000");
        var mails = Address(
            "--mails", "Address of the sandbox's Novu, for the invitation's mail.", "http://127.0.0.1:3000");
        var passwords = new Option<DirectoryInfo>("--passwords")
        {
            Description = "Folder for the admin users' passwords, readable by you only.",
            Required = true,
        };
        var command = new Command("demo", $"""
            From a sign-up to an ACTIVE tenant whose admin user has a password. The operator's token is read from
            {TokenVariable}. An existing tenant is continued from its current status.

            Example: {TokenVariable}=$(./dev token) Sandbox demo --key second --passwords .sandbox/admins
            """)
        {
            key, functions, mails, passwords,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (Environment.GetEnvironmentVariable(TokenVariable) is not { Length: > 0 } token)
            {
                await Console.Error.WriteLineAsync($"{TokenVariable}: not set; expected an operator's token.");
                return 2;
            }

            using var api = new ControlPlaneApi(parsed.GetRequiredValue(functions), token);
            using var inbox = new Inbox(parsed.GetRequiredValue(mails));
            var journey = new Journey(api, inbox, new PasswordFolder(parsed.GetRequiredValue(passwords).FullName),
                Display.Create(), TimeProvider.System);
            try
            {
                await journey.RunAsync(parsed.GetRequiredValue(key), cancellationToken);
                return 0;
            }
            catch (Exception e) when (e is DemoException or HttpRequestException)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
        return command;
    }

    private static Option<Uri> Address(string name, string description, string defaultAddress) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(defaultAddress),
        CustomParser = argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var address))
                return address;
            argument.AddError(
                $"{name}: found '{argument.Tokens[0].Value}', expected an address such as {defaultAddress}.");
            return null;
        },
    };
}

/// <summary>The demo cannot continue; the message gives the reason.</summary>
internal sealed class DemoException(string message) : Exception(message);
