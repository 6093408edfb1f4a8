using System.Globalization;
using ControlPlane.Settings;

namespace Worker.Hosting;

/// <summary>
/// <c>TIMEOUT_SCALE</c>: a factor for every timeout and retry delay of the worker, 1 in Production. A smaller factor
/// makes a failure test take seconds instead of minutes. Scaled timeouts have a minimum, so that a slow machine does
/// not cause failures.
/// </summary>
/// <param name="Factor">From 0.001 to 1.</param>
public sealed record TimeoutScale(double Factor)
{
    private static readonly TimeSpan MinCallTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MinStartToClose = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinHeartbeat = TimeSpan.FromSeconds(3);

    public static TimeoutScale Default { get; } = new(1);

    /// <exception cref="SettingException">The factor is out of range, or below 1 in Production.</exception>
    public static TimeoutScale From(SettingsReader settings)
    {
        if (settings.Find("TIMEOUT_SCALE") is not { } text)
        {
            return Default;
        }

        bool isFactor = double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor);
        if (!isFactor || factor is < 0.001 or > 1)
        {
            throw new SettingException("TIMEOUT_SCALE", $"'{text}'", "a number from 0.001 to 1");
        }

        return settings.IsProduction && factor < 1
            ? throw new SettingException("TIMEOUT_SCALE", $"'{text}'", "1 in Production, or nothing")
            : new TimeoutScale(factor);
    }

    /// <summary>Scales the timeout of one call to an outside system.</summary>
    public TimeSpan CallTimeout(TimeSpan unscaled) => Scale(unscaled, MinCallTimeout);

    /// <summary>Scales the start-to-close timeout of an activity.</summary>
    public TimeSpan? StartToClose(TimeSpan? unscaled) => unscaled is { } given ? Scale(given, MinStartToClose) : null;

    /// <summary>Scales a heartbeat timeout.</summary>
    public TimeSpan? Heartbeat(TimeSpan? unscaled) => unscaled is { } given ? Scale(given, MinHeartbeat) : null;

    /// <summary>Scales the delay between two tries, without a minimum.</summary>
    public TimeSpan RetryDelay(TimeSpan unscaled) => unscaled * Factor;

    private TimeSpan Scale(TimeSpan unscaled, TimeSpan minimum)
    {
        var scaled = unscaled * Factor;
        return scaled >= minimum ? scaled : unscaled < minimum ? unscaled : minimum;
    }
}
