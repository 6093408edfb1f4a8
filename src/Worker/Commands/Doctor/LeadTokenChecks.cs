using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Worker.Commands.Doctor;

/// <summary>Why the functions would answer 401: looks into a lead's token, which the caller has in a file.</summary>
internal static class LeadTokenChecks
{
    public static IReadOnlyList<Check> For(CommandHost host, string? tokenFile, Guid? leadId)
    {
        if (tokenFile is null)
        {
            return [];
        }

        return
        [
            new("lead's token: time",
                async token => Expiry(await ReadAsync(tokenFile, token), host.Time.GetUtcNow()), Remedy),
            new("lead's token: lead", async token => Lead(await ReadAsync(tokenFile, token), leadId), Remedy),
        ];
    }

    private const string Remedy =
        "Verify the lead again for a fresh token: POST /leads/{id}/verify with the validation token as Bearer; "
        + "after 30 minutes ask for a new one of those: POST /leads/{id}/resend.";

    private static async Task<JsonWebToken> ReadAsync(string file, CancellationToken cancellationToken)
    {
        string text = await PrivateFile.ReadAsync(file, cancellationToken)
            ?? throw new CommandException($"{file} holds no token.");
        var handler = new JsonWebTokenHandler();
        return handler.CanReadToken(text)
            ? handler.ReadJsonWebToken(text)
            : throw new CommandException($"{file} holds no JWT. Is it the validation token of POST /leads?");
    }

    private static CheckResult Expiry(JsonWebToken token, DateTimeOffset now)
    {
        var until = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        string time = until.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return now < until
            ? CheckResult.Ok($"valid until {time}")
            : CheckResult.Problem($"expired at {time}; a token lives 15 minutes", Remedy);
    }

    private static CheckResult Lead(JsonWebToken token, Guid? asked) => asked is null || token.Subject == $"{asked:D}"
        ? CheckResult.Ok($"it is for lead {token.Subject}")
        : CheckResult.Problem($"it is for lead {token.Subject}, not {asked:D}",
            $"Use /leads/{token.Subject}/tenants, or verify lead {asked:D} for a token of its own.");
}
