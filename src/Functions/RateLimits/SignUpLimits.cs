using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Leads;

namespace Functions.RateLimits;

/// <summary>
/// How many sign-ups there may be: from one address, for one recipient (nobody's mailbox is to be filled by others),
/// and over all mails.
/// </summary>
public sealed class SignUpLimits(IRateCounter counter, RateLimitOptions options)
{
    public const int MaxPerRecipient = 10;
    public const int MaxMails = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <exception cref="TooManyRequestsException">There were as many as there may be.</exception>
    public ValueTask AdmitCallAsync(HttpContext context) => AdmitAsync(
        $"address:{ClientAddress.Of(context, options.TrustedProxyHops)}", options.PerAddress, Minute,
        context.RequestAborted);

    /// <inheritdoc cref="AdmitCallAsync"/>
    public async ValueTask AdmitMailAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        // An address in the store of the counters would be personal data in one more place.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(recipient.Value.ToLowerInvariant()));
        await AdmitAsync($"recipient:{Convert.ToHexStringLower(hash)}", MaxPerRecipient, Hour, cancellationToken);
        await AdmitAsync("mails", MaxMails, Hour, cancellationToken);
    }

    private async ValueTask AdmitAsync(string key, int most, TimeSpan window, CancellationToken cancellationToken)
    {
        if (options.PerAddress == 0)
        {
            return;
        }

        var count = await counter.AddAsync(key, window, cancellationToken);
        if (count.Count > most)
        {
            throw new TooManyRequestsException(count.EndsIn);
        }
    }
}

/// <summary>A limit was reached; the answer says in <c>Retry-After</c> when it is over.</summary>
public sealed class TooManyRequestsException(TimeSpan retryAfter) : Exception("Too many requests.")
{
    /// <summary>In whole seconds, rounded up.</summary>
    public string RetryAfter { get; } =
        Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
