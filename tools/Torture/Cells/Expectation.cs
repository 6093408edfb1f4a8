using Torture.Environments;

namespace Torture.Cells;

internal static class Expectation
{
    /// <exception cref="CellException">Something else was found.</exception>
    public static void Expect<T>(string what, T expected, T found, Progress? progress)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new CellException($"{what}: expected {Shown(expected)}, found {Shown(found)}"
                + (progress is null ? "" : $" ({progress})"));
        }
    }

    public static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Shown<T>(T value) => value?.ToString() is { Length: > 0 } text ? text : "nothing";
}
