using System.Globalization;

namespace Benchmarks;

/// <summary>Repeated measurements of one quantity. On a noisy machine a single value has no meaning.</summary>
/// <param name="unit">The unit of the values, for the output.</param>
internal sealed class Spread(string unit)
{
    private readonly List<double> values = [];

    /// <summary>The middle value; with an even count the mean of the two middle values.</summary>
    /// <exception cref="InvalidOperationException">There are no values.</exception>
    public double Median
    {
        get
        {
            if (values.Count == 0)
            {
                throw new InvalidOperationException("There are no measurements.");
            }

            double[] sorted = [.. values.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double value) => values.Add(value);

    /// <summary>The ratio of the medians.</summary>
    public double RatioTo(Spread other) => Median / other.Median;

    /// <summary>Median, minimum, maximum and count.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Median:0.#} {unit} ({values.Min():0.#} to {values.Max():0.#}, n = {values.Count})");
}
