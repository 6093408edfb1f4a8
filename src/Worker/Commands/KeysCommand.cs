using System.CommandLine;
using System.Security.Cryptography;

namespace Worker.Commands;

/// <summary>Generates the secrets of one installation, as lines for its environment.</summary>
internal static class KeysCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("keys",
            """
            Print a new INSTALLATION_ID and new secrets as NAME=value lines. Nothing is stored.

            Example: (umask 077; Worker keys > installation.env)
            """);
        command.SetAction(_ => Print(context.Output));
        return command;
    }

    private static void Print(TextWriter output)
    {
        using var rsa = RSA.Create(3072);
        output.WriteLine($"INSTALLATION_ID={Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):D}");
        output.WriteLine($"JWT_SECRET={Random(48)}");
        output.WriteLine($"TOKEN_KEYS=k1:{Random(32)}");
        output.WriteLine($"PAYLOAD_KEYS=k1:{Random(32)}");
        output.WriteLine($"TENANT_SECRET_KEYS=k1:{Random(32)}");
        output.WriteLine($"INVITATION_PRIVATE_KEY={Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())}");
    }

    private static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
