using System.Diagnostics.Metrics;
using Api.RateLimits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Api.Tests.RateLimits;

public sealed class SignUpMetricsTests
{
    [Fact]
    public async Task The_gauge_of_the_pressure_is_the_multiple_of_the_limit_until_the_hour_ends()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var time = new FakeTimeProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new SignUpMetrics(meters, time);
        var options = new SignUpLimitOptions(
            PerNetwork: 30, PerSite: 60, MailsPerNetwork: 100, MailsUnderPressure: 10, MailsPerHour: 5,
            MailsPerRecipient: 10, MailsPerDomain: 100);
        var pressure = new SignUpPressure(
            new ProcessRateCounter(time), options, metrics, NullLogger<SignUpPressure>.Instance);
        var shown = new List<long>();
        var shares = new List<int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // Other tests have meters of the same name.
                if (instrument.Name == "arc_saas.sign_ups.pressure" && ReferenceEquals(instrument.Meter.Scope, meters))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        long last = 0;
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => last = value);
        listener.Start();
        for (int mail = 1; mail <= 60; mail++)
        {
            await pressure.AddMailAsync(TestContext.Current.CancellationToken);
            if (mail is 4 or 5 or 10 or 60)
            {
                Record();
            }
        }

        time.Advance(TimeSpan.FromHours(1));
        Record();

        Assert.Equal([0, 1, 2, 12, 0], shown);
        Assert.Equal([100, 10, 5, 1, 100], shares);

        void Record()
        {
            listener.RecordObservableInstruments();
            shown.Add(last);
            shares.Add(pressure.ShareAt(last));
        }
    }
}
