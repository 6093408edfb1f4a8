using System.Globalization;
using ControlPlane.Settings;

namespace Worker.Hosting;

/// <summary>
/// <c>PATIENCE</c>: 1 is the patience of Production; less makes every timeout and pause shorter, so that a rehearsal of
/// failures takes seconds where the real thing takes minutes. A timeout keeps a least length: a slow machine is no
/// failure.
/// </summary>
public sealed record Patience(double Factor)
{
    private static readonly TimeSpan LeastCall = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LeastTry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeastHeartbeat = TimeSpan.FromSeconds(3);

    public static Patience Usual { get; } = new(1);

    public static Patience From(SettingsReader settings)
    {
        if (settings.Find("PATIENCE") is not { } text)
        {
            return Usual;
        }

        bool isFactor = double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor);
        if (!isFactor || factor is < 0.001 or > 1)
        {
            throw new SettingException("PATIENCE", $"'{text}'", "a number from 0.001 to 1");
        }

        return settings.IsProduction && factor < 1
            ? throw new SettingException("PATIENCE", $"'{text}'", "1 in Production, or nothing")
            : new Patience(factor);
    }

    /// <summary>The timeout of one call.</summary>
    public TimeSpan Call(TimeSpan usual) => Shorter(usual, LeastCall);

    /// <summary>Start-to-close of one try.</summary>
    public TimeSpan? Try(TimeSpan? usual) => usual is { } given ? Shorter(given, LeastTry) : null;

    public TimeSpan? Heartbeat(TimeSpan? usual) => usual is { } given ? Shorter(given, LeastHeartbeat) : null;

    /// <summary>Between two tries.</summary>
    public TimeSpan Pause(TimeSpan usual) => usual * Factor;

    private TimeSpan Shorter(TimeSpan usual, TimeSpan least)
    {
        var shorter = usual * Factor;
        return shorter >= least ? shorter : usual < least ? usual : least;
    }
}
