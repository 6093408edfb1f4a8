using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Leads;

namespace Api.RateLimits;

/// <summary>
/// Limits sign-ups by the caller's networks, which are refused above their limits, and mails by recipient, which are
/// not sent above theirs. A full limit of a recipient must not be visible: the answer would tell about other sign-ups
/// and lock the recipient out.
/// </summary>
public sealed class SignUpLimits(
    IRateCounter counter, RateLimitOptions addresses, SignUpLimitOptions options, SignUpPressure pressure,
    SignUpChallenges challenges, SignUpMetrics metrics)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Counts a call for each of the caller's networks.</summary>
    /// <exception cref="TooManyRequestsException">The limit of a network is exceeded.</exception>
    public async ValueTask AdmitCallAsync(HttpContext context)
    {
        if (addresses.PerAddress == 0)
        {
            return;
        }

        // The narrowest first: the refused calls of one address do not count for its neighbours.
        foreach (var (kind, network) in ClientAddress.NetworksOf(context, addresses))
        {
            await RequireAsync(
                Name(kind), $"{Name(kind)}:{network}", options.PerMinute(kind, addresses.PerAddress), Minute,
                context.RequestAborted);
        }
    }

    /// <summary>Returns the check of mails for the caller of this request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="canBeChallenged">Whether a proof of work may be required of the caller.</param>
    public AdmitMail MailsOf(HttpContext context, bool canBeChallenged = false) =>
        (recipient, cancellationToken) => AdmitMailAsync(context, canBeChallenged, recipient, cancellationToken);

    private async ValueTask<bool> AdmitMailAsync(
        HttpContext context, bool canBeChallenged, EmailAddress recipient, CancellationToken cancellationToken)
    {
        long level = addresses.PerAddress == 0 ? 0 : await pressure.ReadAsync(cancellationToken);
        if (canBeChallenged)
        {
            await challenges.RequireSolutionAsync(context, isUnderPressure: level > 0, cancellationToken);
        }

        if (addresses.PerAddress == 0)
        {
            return true;
        }

        var networks = ClientAddress.NetworksOf(context, addresses);
        foreach (var (kind, network) in networks)
        {
            await RequireAsync(
                $"{Name(kind)}-mails", $"{Name(kind)}-mails:{network}", pressure.ShareAt(level), Hour,
                cancellationToken);
        }

        bool isAdmitted = await AdmitRecipientAsync(recipient, cancellationToken)
            && await AdmitDomainAsync(recipient, networks[^1], cancellationToken);
        if (isAdmitted)
        {
            await pressure.AddMailAsync(cancellationToken);
        }

        return isAdmitted;
    }

    private async ValueTask<bool> AdmitRecipientAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        var count = await counter.AddAsync($"recipient:{Hash(recipient.Mailbox)}", Hour, cancellationToken);
        return Admits("recipient", count, options.MailsPerRecipient);
    }

    // Above the limit the mails of other networks go on, so that an attacker cannot stop those to a whole company.
    private async ValueTask<bool> AdmitDomainAsync(
        EmailAddress recipient, ClientNetwork widest, CancellationToken cancellationToken)
    {
        string domain = Hash(recipient.Domain.Value);
        var ofNetwork = await counter.AddAsync($"domain-network:{domain}:{widest.Text}", Hour, cancellationToken);
        var ofAll = await counter.AddAsync($"domain:{domain}", Hour, cancellationToken);
        return ofAll.Count <= options.MailsPerDomain || Admits("domain", ofNetwork, options.MailsUnderPressure);
    }

    private async ValueTask RequireAsync(
        string limit, string key, int max, TimeSpan window, CancellationToken cancellationToken)
    {
        var count = await counter.AddAsync(key, window, cancellationToken);
        if (!Admits(limit, count, max))
        {
            throw new TooManyRequestsException(count.EndsIn);
        }
    }

    private bool Admits(string limit, RateCount count, int max)
    {
        bool isAdmitted = count.Count <= max;
        if (!isAdmitted)
        {
            metrics.Refused(limit);
        }

        return isAdmitted;
    }

    // The address is hashed, so that personal data is not stored in one more place.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Name(NetworkKind kind) => kind switch
    {
        NetworkKind.Site => "site",
        NetworkKind.Network => "network",
        _ => "address",
    };
}

/// <summary>A rate limit is exceeded. The answer carries <c>Retry-After</c>.</summary>
public sealed class TooManyRequestsException(TimeSpan retryAfter) : Exception("Too many requests.")
{
    /// <summary>The time until the window ends, in whole seconds, rounded up.</summary>
    public string RetryAfter { get; } =
        Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
