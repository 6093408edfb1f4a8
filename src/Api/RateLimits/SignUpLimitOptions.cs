using ControlPlane.Settings;

namespace Api.RateLimits;

/// <summary>The limits of sign-ups besides that of one address. None applies if <c>LEADS_RATE_LIMIT</c> is 0.</summary>
/// <param name="PerNetwork">
/// <c>LEADS_RATE_LIMIT_NETWORK</c>: sign-ups per minute from one IPv4 /24 or IPv6 /56; three times
/// <c>LEADS_RATE_LIMIT</c> by default.
/// </param>
/// <param name="PerSite">
/// <c>LEADS_RATE_LIMIT_SITE</c>: sign-ups per minute from one IPv6 /48; six times <c>LEADS_RATE_LIMIT</c> by default.
/// </param>
/// <param name="MailsPerNetwork">
/// <c>LEADS_MAILS_PER_NETWORK</c>: mails per hour that one network of any size may cause; ten times
/// <c>LEADS_RATE_LIMIT</c> by default.
/// </param>
/// <param name="MailsUnderPressure">
/// <c>LEADS_MAILS_UNDER_PRESSURE</c>: the same while there is pressure, 10 by default.
/// </param>
/// <param name="MailsPerHour">
/// <c>LEADS_MAILS_PER_HOUR</c>: mails per hour over all from which on there is pressure, 1000 by default.
/// </param>
/// <param name="MailsPerRecipient"><c>LEADS_MAILS_PER_RECIPIENT</c>: mails per hour, 10 by default.</param>
/// <param name="MailsPerDomain">
/// <c>LEADS_MAILS_PER_DOMAIN</c>: mails per hour to one recipient's domain, 100 by default. Above it, one network may
/// cause at most <paramref name="MailsUnderPressure"/> mails to this domain.
/// </param>
public sealed record SignUpLimitOptions(
    int PerNetwork, int PerSite, int MailsPerNetwork, int MailsUnderPressure, int MailsPerHour, int MailsPerRecipient,
    int MailsPerDomain)
{
    private const int Max = 1_000_000;

    public static SignUpLimitOptions From(SettingsReader settings)
    {
        int perAddress = RateLimitOptions.From(settings).PerAddress;
        return new(
            settings.Number("LEADS_RATE_LIMIT_NETWORK", Times(3), 1, Max),
            settings.Number("LEADS_RATE_LIMIT_SITE", Times(6), 1, Max),
            settings.Number("LEADS_MAILS_PER_NETWORK", Times(10), 1, Max),
            settings.Number("LEADS_MAILS_UNDER_PRESSURE", 10, 1, Max),
            settings.Number("LEADS_MAILS_PER_HOUR", 1000, 1, Max),
            settings.Number("LEADS_MAILS_PER_RECIPIENT", 10, 1, Max),
            settings.Number("LEADS_MAILS_PER_DOMAIN", 100, 1, Max));

        int Times(int factor) => Math.Clamp(perAddress * factor, 1, Max);
    }

    /// <summary>Returns the sign-ups per minute from one network.</summary>
    public int PerMinute(NetworkKind kind, int perAddress) => kind switch
    {
        NetworkKind.Network => PerNetwork,
        NetworkKind.Site => PerSite,
        _ => perAddress,
    };
}
