namespace Api.RateLimits;

/// <summary>
/// Counts the mails of all sign-ups. Above <c>LEADS_MAILS_PER_HOUR</c> nothing is refused for this reason alone: the
/// share of each network becomes smaller, with each further multiple of the limit, and an alert line is logged.
/// </summary>
public sealed partial class SignUpPressure(
    IRateCounter counter, SignUpLimitOptions options, SignUpMetrics metrics, ILogger<SignUpPressure> logger)
{
    private const string Key = "mails";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <returns>The mails of the current hour in whole multiples of the limit; 0 without pressure.</returns>
    public async ValueTask<long> ReadAsync(CancellationToken cancellationToken)
    {
        var mails = await counter.ReadAsync(Key, cancellationToken);
        return Level(mails);
    }

    /// <summary>Returns the number of mails per hour that one network may cause.</summary>
    public int ShareAt(long level) => level == 0
        ? options.MailsPerNetwork
        : (int)Math.Max(1, Math.Min(options.MailsPerNetwork, options.MailsUnderPressure) / level);

    /// <summary>Counts one mail.</summary>
    public async ValueTask AddMailAsync(CancellationToken cancellationToken)
    {
        var mails = await counter.AddAsync(Key, Hour, cancellationToken);
        metrics.MailAdmitted();
        long level = Level(mails);
        // One process sees each number, also with shared counters.
        if (level > 0 && mails.Count % options.MailsPerHour == 0)
        {
            LogPressure(mails.Count, ShareAt(level), Math.Ceiling(mails.EndsIn.TotalMinutes));
        }
    }

    private long Level(RateCount mails)
    {
        long level = mails.Count / options.MailsPerHour;
        metrics.PressureRead(level, mails.EndsIn);
        return level;
    }

    [LoggerMessage(20, LogLevel.Warning, "SIGN_UP_PRESSURE: {Mails} mails of sign-ups in the current hour. For another "
        + "{Minutes} minutes one network causes at most {Share} mails per hour.")]
    private partial void LogPressure(long mails, int share, double minutes);
}
