using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Leads;

namespace Api.RateLimits;

/// <summary>
/// Limits sign-ups by caller address, by recipient (so that others cannot flood a person's mailbox) and by the total
/// number of mails.
/// </summary>
public sealed class SignUpLimits(IRateCounter counter, RateLimitOptions options)
{
    public const int MaxPerRecipient = 10;
    public const int MaxMails = 1000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <exception cref="TooManyRequestsException">The limit is exceeded.</exception>
    public ValueTask AdmitCallAsync(HttpContext context) => AdmitAsync(
        $"address:{ClientAddress.Of(context, options)}", options.PerAddress, Minute,
        context.RequestAborted);

    /// <inheritdoc cref="AdmitCallAsync"/>
    public async ValueTask AdmitMailAsync(EmailAddress recipient, CancellationToken cancellationToken)
    {
        // The address is hashed, so that personal data is not stored in one more place.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(recipient.Value.ToLowerInvariant()));
        await AdmitAsync($"recipient:{Convert.ToHexStringLower(hash)}", MaxPerRecipient, Hour, cancellationToken);
        await AdmitAsync("mails", MaxMails, Hour, cancellationToken);
    }

    private async ValueTask AdmitAsync(string key, int limit, TimeSpan window, CancellationToken cancellationToken)
    {
        if (options.PerAddress == 0)
        {
            return;
        }

        var count = await counter.AddAsync(key, window, cancellationToken);
        if (count.Count > limit)
        {
            throw new TooManyRequestsException(count.EndsIn);
        }
    }
}

/// <summary>A rate limit is exceeded. The answer carries <c>Retry-After</c>.</summary>
public sealed class TooManyRequestsException(TimeSpan retryAfter) : Exception("Too many requests.")
{
    /// <summary>The time until the window ends, in whole seconds, rounded up.</summary>
    public string RetryAfter { get; } =
        Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
