using System.Diagnostics.Metrics;

namespace Api.RateLimits;

/// <summary>The metrics of sign-ups; docs/operations.md describes the purpose of each.</summary>
public sealed class SignUpMetrics
{
    public const string MeterName = "arc-saas.functions";

    private readonly Counter<long> mails;
    private readonly Counter<long> refusals;
    private readonly TimeProvider time;
    private volatile Reading? pressure;

    public SignUpMetrics(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("arc_saas.sign_ups.pressure", () => Pressure, "{level}",
            "Mails of the current hour, in multiples of LEADS_MAILS_PER_HOUR; 0 without pressure.");
        mails = meter.CreateCounter<long>("arc_saas.sign_ups.mails", "{mail}", "Mails that sign-ups caused.");
        refusals = meter.CreateCounter<long>("arc_saas.sign_ups.refused", "{sign-up}",
            "Sign-ups above a limit: refused, or answered without a mail.");
    }

    private long Pressure => pressure is { } last && last.Until > time.GetUtcNow() ? last.Level : 0;

    public void MailAdmitted() => mails.Add(1);

    /// <param name="limit">The exceeded limit, such as <c>site</c> or <c>recipient</c>.</param>
    public void Refused(string limit) => refusals.Add(1, new KeyValuePair<string, object?>("limit", limit));

    public void PressureRead(long level, TimeSpan endsIn) => pressure = new Reading(level, time.GetUtcNow() + endsIn);

    private sealed record Reading(long Level, DateTimeOffset Until);
}
