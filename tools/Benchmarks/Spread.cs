using System.Globalization;

namespace Benchmarks;

/// <summary>What was measured several times: no single figure of a noisy machine means anything.</summary>
internal sealed class Spread(string unit)
{
    private readonly List<double> values = [];

    public double Median => values.Order().ElementAt(values.Count / 2);

    public void Add(double value) => values.Add(value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Median:0.#} {unit} ({values.Min():0.#} to {values.Max():0.#}, n = {values.Count})");
}
