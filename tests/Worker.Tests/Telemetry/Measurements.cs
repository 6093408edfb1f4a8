using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Worker.Telemetry;
using Worker.Tests.Support;

namespace Worker.Tests.Telemetry;

/// <summary>Collects all measurements of one fixture's worker, as an exporter would.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<(string Instrument, string Tags, double Value)> all = new();

    public Measurements(ProvisioningFixture fixture)
    {
        var meters = fixture.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == WorkerMetrics.MeterName && instrument.Meter.Scope == meters)
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
    }

    /// <summary>A counter's or histogram's values, with tags such as <c>code=forbidden step=create-idp</c>.</summary>
    public IReadOnlyList<(string Tags, double Value)> Of(string instrument) =>
        [.. all.Where(m => m.Instrument == instrument).Select(m => (m.Tags, m.Value))];

    /// <summary>The current value of a gauge.</summary>
    public double Gauge(string instrument, string tags = "")
    {
        all.Clear();
        listener.RecordObservableInstruments();
        return Of(instrument).Single(m => m.Tags == tags).Value;
    }

    public void Dispose() => listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        all.Enqueue((
            instrument.Name,
            string.Join(' ', tags.ToArray().OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}")),
            value));
}
