using System.CommandLine;
using System.Security.Cryptography;

namespace Worker.Commands;

/// <summary>Fresh secrets for one installation, as lines for its environment.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var command = new Command("keys",
            """
            Print a fresh INSTALLATION_ID and fresh secrets as NAME=value lines. Nothing is stored.

            Example: (umask 077; Worker keys > installation.env)
            """);
        command.SetAction(_ => Print(Console.Out));
        return command;
    }

    private static void Print(TextWriter to)
    {
        using var rsa = RSA.Create(3072);
        to.WriteLine($"INSTALLATION_ID={Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):D}");
        to.WriteLine($"JWT_SECRET={Random(48)}");
        to.WriteLine($"TOKEN_KEYS=k1:{Random(32)}");
        to.WriteLine($"PAYLOAD_KEYS=k1:{Random(32)}");
        to.WriteLine($"INVITATION_PRIVATE_KEY={Convert.ToBase64String(rsa.ExportPkcs8PrivateKey())}");
    }

    private static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
