using ControlPlane.Security;
using ControlPlane.Settings;

namespace Api.RateLimits;

/// <summary>When a sign-up needs a proof of work.</summary>
public enum ChallengeMode
{
    Off = 1,
    UnderPressure,
    Always,
}

/// <param name="Mode">
/// <c>SIGNUP_CHALLENGE</c>: <c>off</c> by default; <c>pressure</c> while there is pressure; <c>always</c>.
/// </param>
/// <param name="MaxNumber">
/// <c>SIGNUP_CHALLENGE_MAX_NUMBER</c>: the largest secret number, 100 000 by default. A client computes half as many
/// hashes on average.
/// </param>
/// <param name="Lifetime"><c>SIGNUP_CHALLENGE_LIFETIME</c>: seconds, 600 by default.</param>
/// <param name="Keys">The keys that challenges are signed with, derived from <c>TOKEN_KEYS</c>; null if off.</param>
public sealed record SignUpChallengeOptions(ChallengeMode Mode, int MaxNumber, TimeSpan Lifetime, KeyRing? Keys)
{
    private const string Name = "SIGNUP_CHALLENGE";

    public static SignUpChallengeOptions From(SettingsReader settings)
    {
        string text = settings.Text(Name, "off");
        var mode = text switch
        {
            "off" => ChallengeMode.Off,
            "pressure" => ChallengeMode.UnderPressure,
            "always" => ChallengeMode.Always,
            _ => throw new SettingException(Name, $"'{text}'", "off, pressure or always"),
        };
        return new SignUpChallengeOptions(
            mode,
            settings.Number("SIGNUP_CHALLENGE_MAX_NUMBER", 100_000, 100, 10_000_000),
            TimeSpan.FromSeconds(settings.Number("SIGNUP_CHALLENGE_LIFETIME", 600, 10, 86_400)),
            mode == ChallengeMode.Off ? null : KeyRing.Require(settings, "TOKEN_KEYS"));
    }
}
