using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Worker.Commands.Doctor;

/// <summary>Checks a lead's token in a file for the reasons why the functions would answer 401.</summary>
internal static class LeadTokenChecks
{
    private const string Remedy =
        "Verify the lead again for a fresh token: POST /leads/{id}/verify with the validation token as Bearer; "
        + "after 30 minutes request a new validation token first: POST /leads/{id}/resend.";

    public static IReadOnlyList<DoctorCheck> For(CommandHost host, string? tokenFile, Guid? leadId)
    {
        if (tokenFile is null)
        {
            return [];
        }

        return
        [
            new("lead's token: time",
                async cancellationToken =>
                    Expiry(await ReadAsync(tokenFile, cancellationToken), host.Time.GetUtcNow()), Remedy),
            new("lead's token: lead",
                async cancellationToken => Lead(await ReadAsync(tokenFile, cancellationToken), leadId), Remedy),
        ];
    }

    private static async Task<JsonWebToken> ReadAsync(string file, CancellationToken cancellationToken)
    {
        string text = await PrivateFile.ReadAsync(file, cancellationToken)
            ?? throw new CommandException($"{file} contains no token.");
        var handler = new JsonWebTokenHandler();
        return handler.CanReadToken(text)
            ? handler.ReadJsonWebToken(text)
            : throw new CommandException($"{file} contains no JWT. Is it the validation token of POST /leads?");
    }

    private static DoctorResult Expiry(JsonWebToken token, DateTimeOffset now)
    {
        var until = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        string time = until.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return now < until
            ? DoctorResult.Ok($"valid until {time}")
            : DoctorResult.Problem($"expired at {time}; a token is valid for 15 minutes", Remedy);
    }

    private static DoctorResult Lead(JsonWebToken token, Guid? expected) =>
        expected is null || token.Subject == $"{expected:D}"
            ? DoctorResult.Ok($"it is for lead {token.Subject}")
            : DoctorResult.Problem($"it is for lead {token.Subject}, not {expected:D}",
                $"Use /leads/{token.Subject}/tenants, or verify lead {expected:D} to get its own token.");
}
