using Torture.Environments;

namespace Torture.Cells;

internal static class Expectation
{
    /// <summary>Compares an expected with an actual value.</summary>
    /// <exception cref="CellException">The values differ.</exception>
    public static void Expect<T>(string name, T expected, T actual, Progress? progress)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new CellException($"{name}: expected {Shown(expected)}, found {Shown(actual)}"
                + (progress is null ? "" : $" ({progress})"));
        }
    }

    public static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Shown<T>(T value) => value?.ToString() is { Length: > 0 } text ? text : "nothing";
}
